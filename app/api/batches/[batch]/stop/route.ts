import { stopBatchSchema } from '@/app/_contract/batches';
import { stopBatch } from '@/app/_server/batches/stop';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) =>
  stopBatch(web, actor, params.batch ?? '', await bodyOf(request, stopBatchSchema))
);
