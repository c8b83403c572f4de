import { changeStepSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { changeStep } from '@/app/_server/runs/change-step';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  changeStep(web, actor, runOf(params), await bodyOf(request, changeStepSchema))
);
