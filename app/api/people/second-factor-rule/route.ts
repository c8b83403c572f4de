import { setSecondFactorRuleSchema } from '@/app/_contract/people';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { setSecondFactorRule } from '@/app/_server/people/second-factor-rule';

export const POST = ownSession(async ({ web, session, request }) =>
  setSecondFactorRule(web, session, await bodyOf(request, setSecondFactorRuleSchema))
);
