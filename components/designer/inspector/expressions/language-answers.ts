/** Answers the questions of the page; the worker runs it, and tests do in their own thread. */
import { FlowLanguage } from '@/engine/compiler/language/flow-check';
import { ExpressionLanguage } from '@/engine/compiler/language/language';
import type { Answers, Question } from './language-messages';

export class LanguageAnswers {
  readonly #expressions = new ExpressionLanguage();
  readonly #flows = new FlowLanguage();

  to(question: Question): Answers[Question['ask']] {
    if (question.ask === 'flow') return this.#flows.problems(question.document, question.catalogue);
    const { field } = question;
    if (question.ask === 'close') {
      this.#expressions.close(field);
      return null;
    }
    this.#expressions.set(field, question.code, question.scope);
    if (question.ask === 'problems') return this.#expressions.problems(field);
    if (question.ask === 'completions') return this.#expressions.completions(field, question.at);
    if (question.ask === 'signature') return this.#expressions.signature(field, question.at);
    return this.#expressions.hover(field, question.at);
  }
}
