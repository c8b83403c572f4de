import { decideTaskSchema } from '@/app/_contract/inbox';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { textOf } from '@/app/_server/http/run-of';
import { decideTask } from '@/app/_server/inbox/decide';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  decideTask(web, actor, textOf(params.taskId ?? ''), await bodyOf(request, decideTaskSchema))
);
