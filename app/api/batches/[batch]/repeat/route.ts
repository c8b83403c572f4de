import { repeatBatchSchema } from '@/app/_contract/batches';
import { repeatBatch } from '@/app/_server/batches/act';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) =>
  repeatBatch(web, actor, params.batch ?? '', await bodyOf(request, repeatBatchSchema))
);
