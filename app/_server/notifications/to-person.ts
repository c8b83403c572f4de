/**
 * What a person is mailed of rows of the outbox.
 *
 * Rules
 * [NTS3] What is true no more is not sent: the task was decided, or it does not ask this person any more.
 * [NTS7] A person who wants them together gets one message that lists all that waits for them, if there is anything new.
 */
import type { Followed } from '@/app/_contract/inbox';
import type { TaskNotificationKind } from '@/app/_contract/notifications';
import { pages } from '@/app/_contract/routes';
import type { HumanTask, HumanTaskQuestion, Notification } from '@/prisma/client/client';
import { mayActSql } from '../inbox/for-whom';
import { settledWords } from '../inbox/view';
import { readReachable } from './collect';
import { digestOf, letterOf, type Said } from './letter';
import { mailTo, readerOf } from './mail-to';
import { TOGETHER_MOST, type Outgoing, type Prepared } from './outgoing';
import { isDigest, readSettings, UNWANTED, USUAL } from './settings';
import { asks, isAnswered, isOpenQuestion, mayAnswer, mayReadAnswer, questionIn, type Reachable } from './whom';

/** [NTS3] */
export async function toPerson(
  web: Outgoing,
  message: string,
  rows: readonly Notification[],
  now: Date
): Promise<Prepared> {
  const personId = rows[0]?.personId ?? '';
  const [[reach], wishes, tasks, questions] = await Promise.all([
    readReachable(web, [personId], now),
    readSettings(web, [personId]),
    web.database.humanTask.findMany({ where: { taskId: { in: rows.map(({ taskId }) => taskId) } } }),
    questionsOf(web, rows),
  ]);
  const wish = wishes.get(personId) ?? USUAL;
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const said: Said[] = [];
  const dropped = new Map<string, string>();
  for (const row of rows) {
    const task = byId.get(row.taskId);
    const kind = row.kind as TaskNotificationKind;
    const isWanted = wish.mode !== 'none' && !wish.off.includes(kind);
    const why = !reach ? 'The person was deactivated.' : isWanted ? whyNotTell(reach, row, task, questions) : UNWANTED;
    if (why !== null || !reach || !task) dropped.set(row.id, why ?? 'The task is gone.');
    else if (kind === 'question' || kind === 'answered')
      said.push({ ...saidOf(web, reach, task), kind, question: questionIn(row.content, questions, task.taskId) });
    else said.push({ ...saidOf(web, reach, task), kind, followed: row.content as Followed | null });
  }
  if (!reach || said.length === 0) return { dropped, post: null };
  const post = async () => {
    const listed = isDigest(wish)
      ? [...(await allThatWaits(web, reach)), ...(await allQuestions(web, reach)), ...said.filter(isTidings)]
      : said;
    const reader = readerOf(web, reach.person, wish);
    const [only] = listed;
    const isOne = listed.length === 1 && !isDigest(wish);
    const letter =
      isOne && only ? letterOf(only, reader) : digestOf(listed, `${web.config.webUrl.origin}${pages.inbox()}`, reader);
    return mailTo(web, message, reach.person, letter);
  };
  return { dropped, post };
}

const saidOf = ({ config }: Outgoing, reach: Reachable, task: HumanTask): Said => ({
  kind: 'asked',
  task,
  url: `${config.webUrl.origin}${pages.task(task.taskId)}`,
  actingFor: asks(reach, task)?.actingFor ?? null,
  followed: null,
  question: null,
});
/** It does not wait for the person: each is told in one mail only. */
const isTidings = ({ kind }: Said): boolean => kind === 'followed' || kind === 'answered';

/** [NTS7] */
async function allThatWaits(web: Outgoing, reach: Reachable): Promise<Said[]> {
  const { person, standIns } = reach;
  const found = await web.database.$queryRaw<{ taskId: string }[]>`
    SELECT t.task_id AS "taskId" FROM app.human_task t
    WHERE t.settled_at IS NULL AND t.flow <> '' AND t.namespace = ${web.config.namespace}
      AND ${mayActSql(person, standIns)}
    ORDER BY t.due_at NULLS LAST, t.opened_at, t.task_id LIMIT ${TOGETHER_MOST}`;
  const tasks = await web.database.humanTask.findMany({
    where: { taskId: { in: found.map(({ taskId }) => taskId) } },
  });
  return tasks.filter((task) => asks(reach, task) !== null).map((task) => saidOf(web, reach, task));
}

/** [NTS7] What this person is asked, the oldest first. */
async function allQuestions(web: Outgoing, reach: Reachable): Promise<Said[]> {
  const questions = await web.database.humanTaskQuestion.findMany({
    where: {
      ofId: reach.person.id,
      answeredAt: null,
      withdrawnAt: null,
      task: { settledAt: null, namespace: web.config.namespace },
    },
    include: { task: true },
    orderBy: [{ askedAt: 'asc' }, { id: 'asc' }],
    take: TOGETHER_MOST,
  });
  return questions
    .filter((question) => mayAnswer(reach.person, question, question.task))
    .map((question) => ({ ...saidOf(web, reach, question.task), kind: 'question', question }));
}

/** Questions of these rows that were not withdrawn. */
export async function questionsOf(web: Outgoing, rows: readonly Notification[]): Promise<HumanTaskQuestion[]> {
  const about = rows.filter(({ kind }) => kind === 'question' || kind === 'answered').map(({ taskId }) => taskId);
  if (about.length === 0) return [];
  return web.database.humanTaskQuestion.findMany({ where: { taskId: { in: about }, withdrawnAt: null } });
}

const UNSEEN = 'The person may not see this approval any more.';
/** [NTS3] Null: it is still true. */
export function whyNotTell(
  reach: Reachable,
  { kind, content }: Notification,
  task: HumanTask | undefined,
  questions: readonly HumanTaskQuestion[]
): string | null {
  if (!task) return 'The task is gone.';
  if (kind === 'followed') return null;
  if (task.settledAt) return settledWords(task);
  if (kind === 'question') {
    const question = questionIn(content, questions.filter(isOpenQuestion), task.taskId);
    if (!question) return 'It was answered or withdrawn.';
    return mayAnswer(reach.person, question, task) ? null : UNSEEN;
  }
  if (kind === 'answered') {
    const question = questionIn(content, questions.filter(isAnswered), task.taskId);
    return question && mayReadAnswer(reach.person, question, task) ? null : UNSEEN;
  }
  return asks(reach, task) ? null : 'It does not ask this person any more.';
}
