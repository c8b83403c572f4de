import { getSubscription } from '@/app/_server/events/subscriptions';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor, params }) => getSubscription(web, actor, params.subscription ?? ''));
