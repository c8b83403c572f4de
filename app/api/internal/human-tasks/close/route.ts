import { closeTaskBodySchema } from '@/app/_contract/inbox';
import { bodyOf, open } from '@/app/_server/http/handle';
import { closeTask } from '@/app/_server/inbox/close';
import { demandWorker } from '@/app/_server/inbox/internal-token';

export const POST = open(async ({ web, request }) => {
  demandWorker(web.config, request.headers.get('authorization'), 'tasks.close');
  return closeTask(web, await bodyOf(request, closeTaskBodySchema, 'comment'));
});
