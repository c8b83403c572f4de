import { pauseRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { pauseRun } from '@/app/_server/runs/pause';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  pauseRun(web, actor, runOf(params), await bodyOf(request, pauseRunSchema))
);
