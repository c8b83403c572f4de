import { onStepSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { resumeStep } from '@/app/_server/runs/resume-step';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  resumeStep(web, actor, runOf(params), await bodyOf(request, onStepSchema))
);
