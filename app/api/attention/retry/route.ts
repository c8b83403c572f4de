import { retryGroupSchema } from '@/app/_contract/batches';
import { retryGroup } from '@/app/_server/attention/retry';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  retryGroup(web, actor, await bodyOf(request, retryGroupSchema))
);
