/** The worker of expressions: TypeScript is loaded here, and nowhere in the page. */
import { LanguageAnswers } from './language-answers';
import type { Answered, Asked } from './language-messages';

const answers = new LanguageAnswers();

self.addEventListener('message', ({ data: { id, question } }: MessageEvent<Asked>) => {
  let answered: Answered;
  try {
    answered = { id, answer: answers.to(question) };
  } catch (error) {
    answered = { id, failed: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(answered);
});
