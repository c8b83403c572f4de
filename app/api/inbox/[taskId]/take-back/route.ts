import { takeBackSchema } from '@/app/_contract/inbox';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { takeBackTask } from '@/app/_server/inbox/take-back';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  takeBackTask(web, actor, params.taskId ?? '', await bodyOf(request, takeBackSchema))
);
