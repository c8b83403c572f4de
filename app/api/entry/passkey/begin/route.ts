import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { beginPasskeySignIn } from '@/app/_server/people/passkeys';

/** No session: who asks has none. */
export const POST = open(async ({ web, request }) => {
  await bodyOf(request, nothingSchema);
  return beginPasskeySignIn(web, request.headers);
});
