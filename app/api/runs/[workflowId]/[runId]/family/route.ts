import { runOf } from '@/app/_server/http/run-of';
import { signedIn } from '@/app/_server/http/handle';
import { getFamily } from '@/app/_server/runs/family';

export const GET = signedIn(async ({ web, actor, params }) => getFamily(web, actor, runOf(params)));
