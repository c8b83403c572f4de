import { terminateRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { terminateRun } from '@/app/_server/runs/terminate';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  terminateRun(web, actor, runOf(params), await bodyOf(request, terminateRunSchema))
);
