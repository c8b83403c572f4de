import { deleteRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { deleteRun } from '@/app/_server/retention/of-run';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  deleteRun(web, actor, runOf(params), await bodyOf(request, deleteRunSchema))
);
