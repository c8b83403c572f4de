import { signInCodeSchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { signInWithCode } from '@/app/_server/people/sign-in-code';

/** No session: a cookie of the first step says whose it will be. */
export const POST = open(async ({ web, request }) =>
  signInWithCode(web, request, await bodyOf(request, signInCodeSchema))
);
