/**
 * What calls answered that were out when their run closed. The engine keeps it beside the history, to which nothing is
 * added after the close, and shows it in the search attribute `SagaLateAnswers`: '<event id of ActivityTaskScheduled>
 * applied|notApplied <instant>'.
 */
import type { LateAnswer } from './model';

export const LATE_ANSWERS = 'SagaLateAnswers';
const ANSWER = /^(\d+) (applied|notApplied) (\S+)$/;

/** `value`: of the attribute, a list of texts or one text. What is none is left out. */
export function readLateAnswers(value: unknown): LateAnswer[] {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) => {
    const [, id, said, instant = ''] = (typeof text === 'string' && ANSWER.exec(text)) || [];
    const atMs = Date.parse(instant);
    return id && !Number.isNaN(atMs) ? [{ scheduledEventId: Number(id), applied: said === 'applied', atMs }] : [];
  });
}
