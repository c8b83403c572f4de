import { signalRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { signalRun } from '@/app/_server/runs/signal';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  signalRun(web, actor, runOf(params), await bodyOf(request, signalRunSchema))
);
