import { turnOnSecondFactorSchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { turnOnSecondFactor } from '@/app/_server/people/own-second-factor';

export const POST = ownSession(
  async ({ web, session, request }) =>
    turnOnSecondFactor(web, session, await bodyOf(request, turnOnSecondFactorSchema)),
  { evenLacking: true }
);
