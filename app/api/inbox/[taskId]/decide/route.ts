import { decideTaskSchema } from '@/app/_contract/inbox';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { decideTask } from '@/app/_server/inbox/decide';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  decideTask(web, actor, params.taskId ?? '', await bodyOf(request, decideTaskSchema))
);
