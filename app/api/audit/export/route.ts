import { auditQuerySchema } from '@/app/_contract/audit';
import { exportAudit } from '@/app/_server/audit-trail/list';
import { fileOf, queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) => {
  const lines = await exportAudit(web, actor, queryOf(request, auditQuerySchema));
  const day = new Date().toISOString().slice(0, 10);
  return fileOf(`backstitch-audit-${day}.csv`, 'text/csv; charset=utf-8', lines);
});
