import { FAILURES } from '@/app/_contract/errors';
import { open, refusal } from '@/app/_server/http/handle';

const serve = open(async ({ web, request }) => {
  const answer = await web.auth.handler(request);
  if (answer.status === 429) return refused('tooManyTries', 'Too many tries to sign in from here.');
  if (answer.status === 401) return refused('wrongCredentials', 'The e-mail address or the password is wrong.');
  return answer;
});
const refused = (code: 'tooManyTries' | 'wrongCredentials', message: string) =>
  refusal({ code, message, whatToDo: FAILURES[code].whatToDo });

export { serve as GET, serve as POST };
