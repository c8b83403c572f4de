import { assignTaskSchema } from '@/app/_contract/inbox';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { assignTask } from '@/app/_server/inbox/claim';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  assignTask(web, actor, params.taskId ?? '', await bodyOf(request, assignTaskSchema))
);
