import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { testDevice } from '@/app/_server/notifications/devices';

export const POST = ownSession(async ({ web, session, request, params }) => {
  await bodyOf(request, nothingSchema);
  return testDevice(web, session, params.id ?? '');
});
