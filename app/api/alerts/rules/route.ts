import { putAlertRuleSchema } from '@/app/_contract/alerts';
import { putAlertRule } from '@/app/_server/alerts/rules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  putAlertRule(web, actor, await bodyOf(request, putAlertRuleSchema))
);
