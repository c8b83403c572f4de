import { runOf } from '@/app/_server/http/run-of';
import { signedIn } from '@/app/_server/http/handle';
import { getRun } from '@/app/_server/runs/get';

export const GET = signedIn(async ({ web, actor, params }) => getRun(web, actor, runOf(params)));
