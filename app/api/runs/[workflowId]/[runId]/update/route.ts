import { updateRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { updateRun } from '@/app/_server/runs/update';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  updateRun(web, actor, runOf(params), await bodyOf(request, updateRunSchema))
);
