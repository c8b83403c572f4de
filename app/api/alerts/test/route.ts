import { testAlertTargetSchema } from '@/app/_contract/alerts';
import { testAlertTarget } from '@/app/_server/alerts/destinations';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  testAlertTarget(web, actor, await bodyOf(request, testAlertTargetSchema))
);
