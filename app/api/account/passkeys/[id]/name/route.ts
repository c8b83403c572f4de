import { namePasskeySchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { namePasskey } from '@/app/_server/people/passkeys';

export const POST = ownSession(async ({ web, session, request, params }) =>
  namePasskey(web, session, params.id ?? '', await bodyOf(request, namePasskeySchema))
);
