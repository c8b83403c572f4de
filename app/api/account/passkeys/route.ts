import { addPasskeySchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { addPasskey } from '@/app/_server/people/passkeys';

export const POST = ownSession(
  async ({ web, session, request }) => addPasskey(web, session, await bodyOf(request, addPasskeySchema)),
  { evenLacking: true }
);
