import { closeTaskBodySchema } from '@/app/_contract/inbox';
import { bodyOf, open } from '@/app/_server/http/handle';
import { closeTask } from '@/app/_server/inbox/close';
import { demandInternalToken } from '@/app/_server/inbox/internal-token';

export const POST = open(async ({ web, request }) => {
  demandInternalToken(web.config, request.headers.get('authorization'));
  return closeTask(web, await bodyOf(request, closeTaskBodySchema));
});
