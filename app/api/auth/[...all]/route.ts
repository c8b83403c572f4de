import { signInSchema } from '@/app/_contract/people';
import { Refusal } from '@/app/_server/failure';
import { bodyOf, open } from '@/app/_server/http/handle';
import { signIn, signOut } from '@/app/_server/people/sign-in';

/**
 * Only these two of better-auth's own routes are open; every other would be an operation without a permission check.
 */
export const POST = open(async ({ web, request, params }) => {
  if (params.all === 'sign-in/email') return signIn(web, request, await bodyOf(request, signInSchema));
  if (params.all === 'sign-out') return signOut(web, request);
  throw new Refusal('badRequest', 'There is nothing at this address.');
});
