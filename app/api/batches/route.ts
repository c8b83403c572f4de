import { batchListSchema, startBatchSchema } from '@/app/_contract/batches';
import { actOnRuns } from '@/app/_server/batches/act';
import { listBatches } from '@/app/_server/batches/list';
import { bodyOf, queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) =>
  listBatches(web, actor, queryOf(request, batchListSchema))
);
export const POST = signedIn(async ({ web, actor, request }) =>
  actOnRuns(web, actor, await bodyOf(request, startBatchSchema))
);
