import { onStepSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { retryStep } from '@/app/_server/runs/retry-step';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  retryStep(web, actor, runOf(params), await bodyOf(request, onStepSchema))
);
