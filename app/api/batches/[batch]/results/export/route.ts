import { batchResultsSchema } from '@/app/_contract/batches';
import { exportBatch } from '@/app/_server/batches/results';
import { csvOf, queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, params, request }) => {
  const lines = await exportBatch(web, actor, params.batch ?? '', queryOf(request, batchResultsSchema));
  return csvOf('batch', lines);
});
