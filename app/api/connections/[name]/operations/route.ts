import { putOperationsSchema } from '@/app/_contract/connections';
import { putOperations } from '@/app/_server/connections/put';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  putOperations(web, actor, params.name ?? '', await bodyOf(request, putOperationsSchema))
);
