import { countOpenAlerts } from '@/app/_server/alerts/list';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor }) => countOpenAlerts(web, actor));
