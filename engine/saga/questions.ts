/**
 * Questions that an approver asks about an approval, and the clock that is stopped until they are answered. Pure: the run
 * (approval.ts) gives the time, and waits.
 *
 * Rules
 * [QST1] Whoever may decide an approval may ask about it. Whoever was asked answers, once; whoever asked may withdraw it.
 * [QST2] While a question is open, the clock of the approval is stopped: the due time, reminders, the escalation chain and the
 *        end of the time to decide come later by the time that it was stopped.
 * [QST3] It is stopped for at most MOST_STOPPED_MS in all. Then it goes on, although a question is open.
 * [QST4] It may be decided while a question is open. Nothing is answered after that, unless the decision is taken back.
 * [QST5] A question and an answer are plain text of at most LONGEST_TEXT characters, and there are at most MOST_QUESTIONS.
 */
import {
  LONGEST_TEXT,
  MOST_QUESTIONS,
  REFUSALS,
  type AnswerQuestion,
  type AskedQuestion,
  type AskQuestion,
  type TaskEvent,
} from './contract';
import { milliseconds } from './duration';
import { refuse } from './operator';

export const MOST_STOPPED_MS = milliseconds('7d');

export interface Clock {
  /** How long it was stopped in all, without the time that it is stopped now. */
  stoppedMs: number;
  /** Null: it runs. */
  sinceMs: number | null;
}
/** What of a task is about questions. */
export interface Asking {
  questions: AskedQuestion[];
  clock: Clock;
  events: TaskEvent[];
}

const isOpen = ({ answeredAtMs, withdrawnAtMs }: AskedQuestion): boolean =>
  answeredAtMs === undefined && withdrawnAtMs === undefined;

/** [QST3] How long it may still be stopped. */
export const stopsAtMost = ({ stoppedMs }: Clock): number => Math.max(0, MOST_STOPPED_MS - stoppedMs);

/** [QST2] The clock goes on, because nothing is open any more, or because it was stopped for as long as it may. */
export function goOn({ clock, events }: Asking, nowMs: number, isCapped = false): void {
  if (clock.sinceMs === null) return;
  clock.stoppedMs += Math.min(nowMs - clock.sinceMs, stopsAtMost(clock));
  clock.sinceMs = null;
  if (isCapped) events.push({ seq: events.length + 1, kind: 'clockGoesOn', atMs: nowMs });
}

/** Throws a refusal. The caller has checked that the person may decide. Only reads. [QST5] */
export function validateQuestion({ questions }: Asking, { questionId, text, of, actor }: AskQuestion): void {
  const before = questions.find(({ id }) => id === questionId);
  if (before && before.byId === actor.id && before.text === String(text).trim()) return;
  if (before) refuse(REFUSALS.alreadyDecided, 'This question was asked already.');
  demandText(text, 'Write what you want to know.');
  if (!of?.id || of.id === actor.id) refuse(REFUSALS.notCandidate, 'Ask somebody else.');
  if (questions.length >= MOST_QUESTIONS)
    refuse(REFUSALS.commentRequired, `At most ${MOST_QUESTIONS} questions can be asked about one approval.`);
}

export function addQuestion(task: Asking, { questionId, text, of, actor }: AskQuestion, nowMs: number): void {
  const { questions, clock, events } = task;
  if (questions.some(({ id }) => id === questionId)) return;
  const asked = { by: actor.name, byId: actor.id, of: of.name, ofId: of.id, askedAtMs: nowMs };
  questions.push({ id: questionId, text: text.trim(), ...asked });
  events.push({ seq: events.length + 1, kind: 'asked', atMs: nowMs, by: actor.name });
  if (clock.sinceMs === null && stopsAtMost(clock) > 0) clock.sinceMs = nowMs;
}

/** Throws a refusal. Only reads. [QST1] [QST5] */
export function validateAnswer({ questions }: Asking, { questionId, text, actor }: AnswerQuestion): void {
  const question = questions.find(({ id }) => id === questionId);
  if (!question) refuse(REFUSALS.unknownTask, 'There is no such question.');
  const { ofId, of, byId, by, answer, withdrawnAtMs } = question;
  if (actor.id !== (text === null ? byId : ofId))
    refuse(
      REFUSALS.notCandidate,
      text === null ? `Only ${by} can withdraw it.` : `${of} was asked, so only they answer.`
    );
  if (text === null ? withdrawnAtMs !== undefined : answer === String(text).trim()) return;
  if (answer !== undefined) refuse(REFUSALS.alreadyDecided, `${of} has answered already.`);
  if (withdrawnAtMs !== undefined) refuse(REFUSALS.alreadyDecided, `${by} has withdrawn the question.`);
  if (text !== null) demandText(text, 'Write an answer.');
}

export function addAnswer(task: Asking, { questionId, text, actor }: AnswerQuestion, nowMs: number): void {
  const { questions, events } = task;
  const question = questions.find(({ id }) => id === questionId);
  if (!question || !isOpen(question)) return;
  if (text === null) question.withdrawnAtMs = nowMs;
  else Object.assign(question, { answer: text.trim(), answeredAtMs: nowMs });
  events.push({ seq: events.length + 1, kind: text === null ? 'withdrawn' : 'answered', atMs: nowMs, by: actor.name });
  if (!questions.some(isOpen)) goOn(task, nowMs);
}

function demandText(text: unknown, why: string): asserts text is string {
  if (typeof text !== 'string' || text.trim() === '') refuse(REFUSALS.commentRequired, why);
  if (text.length > LONGEST_TEXT) refuse(REFUSALS.commentRequired, `At most ${LONGEST_TEXT} characters.`);
}
