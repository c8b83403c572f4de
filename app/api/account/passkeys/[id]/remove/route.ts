import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { removePasskey } from '@/app/_server/people/passkeys';

export const POST = ownSession(async ({ web, session, request, params }) => {
  await bodyOf(request, nothingSchema);
  return removePasskey(web, session, params.id ?? '');
});
