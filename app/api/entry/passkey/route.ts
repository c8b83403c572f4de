import { signInWithPasskeySchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { signInWithPasskey } from '@/app/_server/people/passkeys';

/** No session: the passkey authenticates. */
export const POST = open(async ({ web, request }) =>
  signInWithPasskey(web, request, await bodyOf(request, signInWithPasskeySchema))
);
