import { replaySchema } from '@/app/_contract/events';
import { replay } from '@/app/_server/events/subscriptions';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) =>
  replay(web, actor, params.subscription ?? '', await bodyOf(request, replaySchema))
);
