import { signedIn } from '@/app/_server/http/handle';
import { listWorkers } from '@/app/_server/workers/list';

export const GET = signedIn(async ({ web, actor }) => listWorkers(web, actor));
