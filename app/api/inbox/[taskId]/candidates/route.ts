import { signedIn } from '@/app/_server/http/handle';
import { listCandidates } from '@/app/_server/inbox/claim';

export const GET = signedIn(async ({ web, actor, params }) => listCandidates(web, actor, params.taskId ?? ''));
