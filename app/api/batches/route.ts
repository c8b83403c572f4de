import { startBatchSchema } from '@/app/_contract/batches';
import { actOnRuns } from '@/app/_server/batches/act';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  actOnRuns(web, actor, await bodyOf(request, startBatchSchema))
);
