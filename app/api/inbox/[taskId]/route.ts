import { signedIn } from '@/app/_server/http/handle';
import { getTask } from '@/app/_server/inbox/get';

export const GET = signedIn(async ({ web, actor, params }) => getTask(web, actor, params.taskId ?? ''));
