import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { withdrawQuestion } from '@/app/_server/inbox/questions';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return withdrawQuestion(web, actor, params.taskId ?? '', params.id ?? '');
});
