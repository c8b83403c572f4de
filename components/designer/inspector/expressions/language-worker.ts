/** The worker of expressions: TypeScript is loaded here, and nowhere in the page. */
import { ExpressionLanguage } from '@/engine/compiler/language/language';
import type { Answered, Answers, Asked, Question } from './language-messages';

const language = new ExpressionLanguage();

self.addEventListener('message', ({ data: { id, question } }: MessageEvent<Asked>) => {
  let answered: Answered;
  try {
    answered = { id, answer: answerTo(question) };
  } catch (error) {
    answered = { id, failed: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(answered);
});

function answerTo(question: Question): Answers[Question['ask']] {
  const { field } = question;
  if (question.ask === 'close') {
    language.close(field);
    return null;
  }
  language.set(field, question.code, question.scope);
  if (question.ask === 'problems') return language.problems(field);
  if (question.ask === 'completions') return language.completions(field, question.at);
  if (question.ask === 'signature') return language.signature(field, question.at);
  return language.hover(field, question.at);
}
