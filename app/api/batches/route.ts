import { stopRunsSchema } from '@/app/_contract/batches';
import { stopRuns } from '@/app/_server/batches/stop-runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  stopRuns(web, actor, await bodyOf(request, stopRunsSchema))
);
