import { ownPasswordSchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { turnOffSecondFactor } from '@/app/_server/people/own-second-factor';

export const POST = ownSession(async ({ web, session, request }) =>
  turnOffSecondFactor(web, session, await bodyOf(request, ownPasswordSchema))
);
