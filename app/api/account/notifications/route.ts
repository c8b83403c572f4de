import { notificationSettingsSchema } from '@/app/_contract/notifications';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { readOwnNotifications, setOwnNotifications } from '@/app/_server/notifications/settings';

export const GET = ownSession(({ web, session }) => readOwnNotifications(web, session.actor));
export const POST = ownSession(async ({ web, session, request }) =>
  setOwnNotifications(web, session.actor, await bodyOf(request, notificationSettingsSchema))
);
