import { keepRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { keepRun } from '@/app/_server/retention/of-run';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  keepRun(web, actor, runOf(params), await bodyOf(request, keepRunSchema))
);
