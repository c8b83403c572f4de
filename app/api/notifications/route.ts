import { signedIn } from '@/app/_server/http/handle';
import { listNotifications } from '@/app/_server/notifications/list';

export const GET = signedIn(({ web, actor }) => listNotifications(web, actor));
