import { answerQuestionSchema } from '@/app/_contract/inbox';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { answerQuestion } from '@/app/_server/inbox/questions';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  const { text } = await bodyOf(request, answerQuestionSchema);
  return answerQuestion(web, actor, params.taskId ?? '', params.id ?? '', text);
});
