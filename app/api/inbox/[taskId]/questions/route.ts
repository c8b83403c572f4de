import { askQuestionSchema } from '@/app/_contract/inbox';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { askQuestion } from '@/app/_server/inbox/questions';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  askQuestion(web, actor, params.taskId ?? '', await bodyOf(request, askQuestionSchema))
);
