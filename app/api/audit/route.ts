import { auditQuerySchema } from '@/app/_contract/audit';
import { listAudit } from '@/app/_server/audit-trail/list';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) =>
  listAudit(web, actor, queryOf(request, auditQuerySchema))
);
