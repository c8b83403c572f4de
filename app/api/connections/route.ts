import { putConnectionSchema } from '@/app/_contract/connections';
import { listConnections } from '@/app/_server/connections/list';
import { putConnection } from '@/app/_server/connections/put';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor }) => listConnections(web, actor));
export const POST = signedIn(async ({ web, actor, request }) =>
  putConnection(web, actor, await bodyOf(request, putConnectionSchema))
);
