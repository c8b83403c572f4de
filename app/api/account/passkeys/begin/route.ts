import { ownPasswordSchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { beginPasskey } from '@/app/_server/people/passkeys';

export const POST = ownSession(
  async ({ web, session, request }) => beginPasskey(web, session, await bodyOf(request, ownPasswordSchema)),
  { evenLacking: true }
);
