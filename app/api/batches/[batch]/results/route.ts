import { batchResultsSchema } from '@/app/_contract/batches';
import { batchResults } from '@/app/_server/batches/results';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, params, request }) =>
  batchResults(web, actor, params.batch ?? '', queryOf(request, batchResultsSchema))
);
