import { previewBatchSchema } from '@/app/_contract/batches';
import { previewBatch } from '@/app/_server/batches/preview';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) =>
  previewBatch(web, actor, queryOf(request, previewBatchSchema))
);
