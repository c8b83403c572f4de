import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { releaseTask } from '@/app/_server/inbox/claim';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return releaseTask(web, actor, params.taskId ?? '');
});
