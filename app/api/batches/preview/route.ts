import { previewStopSchema } from '@/app/_contract/batches';
import { previewStop } from '@/app/_server/batches/stop-runs';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) =>
  previewStop(web, actor, queryOf(request, previewStopSchema))
);
