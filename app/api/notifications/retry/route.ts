import { retryNotificationsSchema } from '@/app/_contract/notifications';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { retryNotifications } from '@/app/_server/notifications/list';

export const POST = signedIn(async ({ web, actor, request }) =>
  retryNotifications(web, actor, await bodyOf(request, retryNotificationsSchema))
);
