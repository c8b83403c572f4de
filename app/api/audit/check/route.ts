import { checkAuditSchema } from '@/app/_contract/audit';
import { checkAudit } from '@/app/_server/audit-trail/check';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  checkAudit(web, actor, await bodyOf(request, checkAuditSchema))
);
