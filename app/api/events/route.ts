import { putSubscriptionSchema } from '@/app/_contract/events';
import { listSubscriptions, putSubscription } from '@/app/_server/events/subscriptions';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor }) => listSubscriptions(web, actor));
export const POST = signedIn(async ({ web, actor, request }) =>
  putSubscription(web, actor, await bodyOf(request, putSubscriptionSchema))
);
