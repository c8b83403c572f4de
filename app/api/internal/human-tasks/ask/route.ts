import { askTaskBodySchema } from '@/app/_contract/inbox';
import { bodyOf, open } from '@/app/_server/http/handle';
import { askOthers } from '@/app/_server/inbox/ask';
import { demandWorker } from '@/app/_server/inbox/internal-token';

export const POST = open(async ({ web, request }) => {
  demandWorker(web.config, request.headers.get('authorization'), 'tasks.open');
  return askOthers(web, await bodyOf(request, askTaskBodySchema));
});
