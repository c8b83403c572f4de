import { queryRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { queryRun } from '@/app/_server/runs/query';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  queryRun(web, actor, runOf(params), await bodyOf(request, queryRunSchema))
);
