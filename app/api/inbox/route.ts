import { inboxQuerySchema } from '@/app/_contract/inbox';
import { queryOf, signedIn } from '@/app/_server/http/handle';
import { listInbox } from '@/app/_server/inbox/list';

export const GET = signedIn(async ({ web, actor, request }) =>
  listInbox(web, actor, queryOf(request, inboxQuerySchema))
);
