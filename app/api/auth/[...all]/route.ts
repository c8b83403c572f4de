import { FAILURES } from '@/app/_contract/errors';
import { open, refusal } from '@/app/_server/http/handle';

const serve = open(async ({ web, request }) => {
  const answer = await web.auth.handler(request);
  if (answer.status !== 429) return answer;
  const message = 'Too many tries to sign in from here.';
  return refusal({ code: 'tooManyTries', message, whatToDo: FAILURES.tooManyTries.whatToDo });
});
export { serve as GET, serve as POST };
