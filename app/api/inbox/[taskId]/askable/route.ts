import { signedIn } from '@/app/_server/http/handle';
import { listAskable } from '@/app/_server/inbox/questions';

export const GET = signedIn(async ({ web, actor, params }) => listAskable(web, actor, params.taskId ?? ''));
