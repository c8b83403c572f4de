import { resumeRunSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { resumeRun } from '@/app/_server/runs/resume';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  resumeRun(web, actor, runOf(params), await bodyOf(request, resumeRunSchema))
);
