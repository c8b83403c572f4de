import { cancelRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { cancelRun } from '@/app/_server/runs/cancel';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  cancelRun(web, actor, runOf(params), await bodyOf(request, cancelRunSchema))
);
