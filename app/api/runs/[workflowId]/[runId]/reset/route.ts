import { resetRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { resetRun } from '@/app/_server/runs/reset';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  resetRun(web, actor, runOf(params), await bodyOf(request, resetRunSchema))
);
