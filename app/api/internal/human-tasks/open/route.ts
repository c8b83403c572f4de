import { openTaskBodySchema } from '@/app/_contract/inbox';
import { bodyOf, open } from '@/app/_server/http/handle';
import { openTask } from '@/app/_server/inbox/open';
import { demandWorker } from '@/app/_server/inbox/internal-token';

export const POST = open(async ({ web, request }) => {
  demandWorker(web.config, request.headers.get('authorization'), 'tasks.open');
  return openTask(web, await bodyOf(request, openTaskBodySchema, 'data'));
});
