import { addDeviceSchema } from '@/app/_contract/notifications';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { addDevice, listDevices } from '@/app/_server/notifications/devices';

export const GET = ownSession(({ web, session }) => listDevices(web, session.actor));
export const POST = ownSession(async ({ web, session, request }) =>
  addDevice(web, session, request.headers.get('user-agent'), await bodyOf(request, addDeviceSchema))
);
