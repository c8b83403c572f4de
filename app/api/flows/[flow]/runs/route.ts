import { startRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { startRun } from '@/app/_server/runs/start';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  startRun(web, actor, params.flow ?? '', await bodyOf(request, startRunSchema))
);
