/**
 * Whom a task that waits asks now, and what they are to be told of it. Pure: from the row of the task, whatever wrote it (the
 * run, somebody who assigned it, an escalation).
 *
 * [NTW1] Whoever may decide the task now is told, also for somebody who is away; once for each task, once more when it is
 *        given to them, and once for each due time that passes.
 * [NTW4] Whoever was told of a task before is told of the newest reminder of its run, once.
 * [NTW3] A chat is told of what asks its group, or of everything, from its making on; by the same rule, but not of what
 *        somebody has claimed.
 * [NTW5] Whoever is asked a question about a task is told once for each, as long as it is open and they may see the task. A chat
 *        that hears of the task hears that there is one, without its text.
 * [NTW6] Whoever asked a question is told once of its answer, as long as the task waits and they may see it; and a chat that hears
 *        of the task that there is one, without its text.
 * [NTW2] A claimed task asks its owner alone, and who decides for the owner, unless several people decide.
 */
import type { TaskNotificationKind } from '@/app/_contract/notifications';
import type { Person } from '@/app/_contract/people';
import { may } from '@/engine/permissions/permissions';
import { fieldsOf } from '@/engine/run-view/fields';
import type { Chat, HumanTask, HumanTaskQuestion } from '@/prisma/client/client';
import { rightTo, type StandIn } from '../inbox/delegate';

export interface Told {
  kind: TaskNotificationKind;
  personId: string;
  /** The same for the same thing to tell. */
  fact: string;
}
/** A person with those for whom they decide now. */
export interface Reachable {
  person: Person;
  standIns: readonly StandIn[];
}

/** [NTW2] Null: it does not ask the person now. `actingFor`: the name of the person who is away. */
export function asks({ person, standIns }: Reachable, task: HumanTask): { actingFor: string | null } | null {
  if (task.settledAt) return null;
  const { whyNot, actingFor } = rightTo(person, standIns, task);
  if (whyNot) return null;
  const { claimedById, howMany } = task;
  const isOthers = claimedById !== null && claimedById !== person.id && claimedById !== actingFor?.id;
  return isOthers && howMany === null ? null : { actingFor: actingFor?.name ?? null };
}

/** The newest reminder of a task, and who was told of the task before. */
export interface Reminder {
  seq: number;
  atMs: number;
  /** Ids of people and of chats. */
  knownTo: ReadonlySet<string>;
}

/** [NTW1] [NTW4] */
export function toTell(who: Reachable, task: HumanTask, nowMs: number, reminder: Reminder | null = null): Told[] {
  if (!asks(who, task)) return [];
  const { id: personId } = who.person;
  const { taskId, assignedBy, claimedById, claimedAt, dueAt } = task;
  const told = (kind: TaskNotificationKind, more = ''): Told => ({
    kind,
    personId,
    fact: `${kind} ${taskId} ${personId}${more}`,
  });
  const isGiven = assignedBy !== null && claimedById === personId;
  const isOverdue = dueAt !== null && dueAt.getTime() <= nowMs;
  return [
    isGiven ? told('assigned', ` ${claimedAt?.getTime() ?? 0}`) : told('asked'),
    ...(reminder?.knownTo.has(personId) ? [told('reminded', ` ${reminder.seq}`)] : []),
    ...(isOverdue ? [told('overdue', ` ${dueAt.getTime()}`)] : []),
  ];
}

/** [NTW5] A question that waits for an answer. */
export const isOpenQuestion = ({ answeredAt, withdrawnAt }: HumanTaskQuestion): boolean =>
  answeredAt === null && withdrawnAt === null;

export const mayAnswer = (person: Person, { ofId }: HumanTaskQuestion, { flow, settledAt }: HumanTask): boolean =>
  settledAt === null && person.id === ofId && may(person, 'inbox.answerQuestion', flow);

/** Of the open questions of a task. */
export const toTellQuestions = (
  { person }: Reachable,
  task: HumanTask,
  open: readonly HumanTaskQuestion[]
): (Told & { content: { questionId: string } })[] =>
  open
    .filter((question) => mayAnswer(person, question, task))
    .map(({ taskId, id }) => ({
      kind: 'question',
      personId: person.id,
      fact: `question ${taskId} ${person.id} ${id}`,
      content: { questionId: id },
    }));

/** [NTW6] A question that was answered. Nobody is told what they have answered themselves. */
export const isAnswered = ({ answeredAt, byId, ofId }: HumanTaskQuestion): boolean =>
  answeredAt !== null && byId !== ofId;

export const mayReadAnswer = (person: Person, { byId }: HumanTaskQuestion, { flow, settledAt }: HumanTask): boolean =>
  settledAt === null && person.id === byId && may(person, 'inbox.get', flow);

/** Of the answered questions of a task. */
export const toTellAnswers = (
  { person }: Reachable,
  task: HumanTask,
  answered: readonly HumanTaskQuestion[]
): (Told & { content: { questionId: string } })[] =>
  answered
    .filter((question) => mayReadAnswer(person, question, task))
    .map(({ taskId, id }) => ({
      kind: 'answered',
      personId: person.id,
      fact: `answered ${taskId} ${person.id} ${id}`,
      content: { questionId: id },
    }));

/** [NTW6] */
export const toTellChatAnswers = (chat: Chat, task: HumanTask, answered: readonly HumanTaskQuestion[]) =>
  answered
    .filter((question) => asksChat(chat, task) && isAnsweredSince(question, chat))
    .map(({ taskId, id }) => ({
      kind: 'answered' as const,
      chatId: chat.id,
      fact: `answered ${taskId} chat ${chat.id} ${id}`,
      content: { questionId: id },
    }));

/** A chat or a browser that was added after an answer is not told of it. */
export const isAnsweredSince = ({ answeredAt }: HumanTaskQuestion, { createdAt }: { createdAt: Date }): boolean =>
  answeredAt !== null && answeredAt.getTime() >= createdAt.getTime();

/** [NTW5] */
export const toTellChatQuestions = (chat: Chat, task: HumanTask, open: readonly HumanTaskQuestion[]) =>
  open
    .filter(({ askedAt }) => asksChat(chat, task) && askedAt.getTime() >= chat.createdAt.getTime())
    .map(({ taskId, id }) => ({
      kind: 'question' as const,
      chatId: chat.id,
      fact: `question ${taskId} chat ${chat.id} ${id}`,
      content: { questionId: id },
    }));

/** The question that a row of the outbox is about. */
export function questionIn(
  content: unknown,
  questions: readonly HumanTaskQuestion[],
  taskId: string
): HumanTaskQuestion | null {
  const { questionId } = fieldsOf(content);
  return questions.find((each) => each.taskId === taskId && each.id === questionId) ?? null;
}

/** [NTW3] */
export function asksChat(
  { groupName }: Chat,
  { settledAt, claimedById, howMany, candidates, asked }: HumanTask
): boolean {
  if (settledAt || (claimedById !== null && howMany === null)) return false;
  return groupName === null || (howMany === null ? candidates : asked).includes(groupName);
}

export function toTellChat(
  chat: Chat,
  task: HumanTask,
  nowMs: number,
  reminder: Reminder | null = null
): { kind: TaskNotificationKind; chatId: string; fact: string }[] {
  if (!asksChat(chat, task)) return [];
  const { taskId, openedAt, dueAt } = task;
  const isNew = (at: Date) => at.getTime() >= chat.createdAt.getTime();
  const told = (kind: TaskNotificationKind, more = '') => ({
    kind,
    chatId: chat.id,
    fact: `${kind} ${taskId} chat ${chat.id}${more}`,
  });
  const isOverdue = dueAt !== null && dueAt.getTime() <= nowMs && isNew(dueAt);
  const isReminded = reminder !== null && reminder.knownTo.has(chat.id) && isNew(new Date(reminder.atMs));
  return [
    ...(isNew(openedAt) ? [told('asked')] : []),
    ...(isReminded ? [told('reminded', ` ${reminder.seq}`)] : []),
    ...(isOverdue ? [told('overdue', ` ${dueAt.getTime()}`)] : []),
  ];
}
