import { decideOutcomeSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { decideOutcome } from '@/app/_server/runs/decide-outcome';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  decideOutcome(web, actor, runOf(params), await bodyOf(request, decideOutcomeSchema))
);
