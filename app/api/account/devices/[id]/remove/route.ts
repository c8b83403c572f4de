import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { removeDevice } from '@/app/_server/notifications/devices';

export const POST = ownSession(async ({ web, session, request, params }) => {
  await bodyOf(request, nothingSchema);
  return removeDevice(web, session, params.id ?? '');
});
