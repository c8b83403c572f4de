import { nothingSchema } from '@/app/_contract/people';
import { removeAlertRule } from '@/app/_server/alerts/rules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) => {
  await bodyOf(request, nothingSchema);
  return removeAlertRule(web, actor, params.rule ?? '');
});
