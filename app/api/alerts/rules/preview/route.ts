import { previewAlertRuleSchema } from '@/app/_contract/alerts';
import { previewAlertRule } from '@/app/_server/alerts/rules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  previewAlertRule(web, actor, await bodyOf(request, previewAlertRuleSchema))
);
