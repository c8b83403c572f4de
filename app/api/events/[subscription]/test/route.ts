import { nothingSchema } from '@/app/_contract/people';
import { sendTest } from '@/app/_server/events/subscriptions';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) => {
  await bodyOf(request, nothingSchema);
  return sendTest(web, actor, params.subscription ?? '');
});
