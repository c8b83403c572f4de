import { claimTaskSchema } from '@/app/_contract/inbox';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { claimTask } from '@/app/_server/inbox/claim';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  claimTask(web, actor, params.taskId ?? '', await bodyOf(request, claimTaskSchema))
);
