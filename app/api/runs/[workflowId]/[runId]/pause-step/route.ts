import { pauseStepSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { pauseStep } from '@/app/_server/runs/pause-step';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  pauseStep(web, actor, runOf(params), await bodyOf(request, pauseStepSchema))
);
