import { auditQuerySchema } from '@/app/_contract/audit';
import { exportAudit } from '@/app/_server/audit-trail/list';
import { csvOf, queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) => {
  const lines = await exportAudit(web, actor, queryOf(request, auditQuerySchema));
  return csvOf('audit', lines);
});
