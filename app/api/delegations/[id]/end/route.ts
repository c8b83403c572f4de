import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { endDelegation } from '@/app/_server/inbox/delegate';

export const POST = ownSession(async ({ web, request, session, params }) => {
  await bodyOf(request, nothingSchema);
  return endDelegation(web, session.actor, params.id ?? '');
});
