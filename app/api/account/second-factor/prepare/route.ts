import { ownPasswordSchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { prepareSecondFactor } from '@/app/_server/people/own-second-factor';

export const POST = ownSession(
  async ({ web, session, request }) => prepareSecondFactor(web, session, await bodyOf(request, ownPasswordSchema)),
  { evenLacking: true }
);
