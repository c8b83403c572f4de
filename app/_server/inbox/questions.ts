/**
 * Questions of those who may decide a task, to whoever started the run or to somebody else. The run holds the rules and the
 * clock (engine/saga/questions.ts); the rows follow it.
 *
 * Rules
 * [TQS1] Whoever may decide the task asks, in their own name. A guest does not ask: the person who invited them does.
 * [TQS2] Who is asked has an account and may see the task. Nobody is asked to decide by it.
 * [TQS4] If nobody is named, whoever started the run is asked. What a schedule, a webhook, a key or a program started nobody
 *        started: whom to ask is chosen then.
 * [TQS3] Questions and answers are plain text. They are in the history of the run, in the audit trail that there was one.
 */
import type { AskableList, AskedOfMe, AskQuestionBody, QuestionReceipt, TaskQuestion } from '@/app/_contract/inbox';
import type { Person } from '@/app/_contract/people';
import { byName } from '@/engine/flow/values/name-order';
import { may } from '@/engine/permissions/permissions';
import {
  ANSWER_UPDATE,
  ASK_UPDATE,
  type AnswerQuestion,
  type AskQuestion,
  type QuestionsNow,
} from '@/engine/saga/contract';
import type { HumanTask, HumanTaskQuestion } from '@/prisma/client/client';
import { audited } from '../audit';
import { failureOf, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import { readPeople, readPerson } from '../people/person';
import { sendUpdate } from '../runs/send-update';
import type { Web } from '../web';
import { askOthers } from './ask';
import { openTaskFor } from './claim';
import type { Asker } from './decide';
import { actingAs, readStandIns, rightTo } from './delegate';
import { readStarter } from './open';

/** [TQS1] [TQS2] */
export async function askQuestion(
  web: Asker,
  actor: Actor,
  taskId: string,
  { questionId, text, of }: AskQuestionBody
): Promise<QuestionReceipt> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.askQuestion');
  if (!task.mayAsk)
    throw new Refusal('refused', 'The flow was published before questions could be asked. Nothing was asked.');
  const { whyNot, actingFor } = rightTo(actor, await readStandIns(web, actor), task);
  if (whyNot) throw new Refusal(whyNot.code, `${whyNot.message} Nothing was asked.`);
  const starter = of === null ? await starterAsked(web, task) : null;
  const asked = of === null ? (starter?.person ?? null) : ((await readPeople(web, [of]))[0] ?? null);
  if (starter && !asked) throw new Refusal('personNotFound', `${starter.whyNot} Nothing was asked.`);
  if (!asked || !may(asked, 'inbox.answerQuestion', task.flow))
    throw new Refusal('personNotFound', 'There is no such person, or they may not see this task.');
  if (asked.id === actor.id) throw new Refusal('refused', 'Ask somebody else than yourself.');
  const decider = actingAs(actor, actingFor, task.candidates);
  const argument: AskQuestion = {
    taskId,
    questionId,
    text,
    of: { id: asked.id, name: asked.name },
    actor: {
      id: actor.id,
      name: actor.name,
      groups: [...decider.groups, actor.email.toLowerCase(), ...namedIn(task, actor)],
      ...(decider.actingFor ? { actingFor: decider.actingFor } : {}),
    },
  };
  const details = { questionId, of: asked.name };
  return audited(web, actor, { operation: 'inbox.askQuestion', target: taskId, details }, () =>
    tell(web, task, ASK_UPDATE, `${taskId}/question/${questionId}`, argument)
  );
}
const namedIn = ({ candidates }: HumanTask, { email }: Actor): string[] =>
  candidates.filter((each) => each.toLowerCase() === email.toLowerCase());

export async function answerQuestion(
  web: Asker,
  actor: Actor,
  taskId: string,
  questionId: string,
  text: string
): Promise<QuestionReceipt> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.answerQuestion');
  return say(web, actor, task, 'inbox.answerQuestion', questionId, text);
}

export async function withdrawQuestion(
  web: Asker,
  actor: Actor,
  taskId: string,
  questionId: string
): Promise<QuestionReceipt> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.withdrawQuestion');
  return say(web, actor, task, 'inbox.withdrawQuestion', questionId, null);
}

async function say(
  web: Asker,
  actor: Actor,
  task: HumanTask,
  operation: 'inbox.answerQuestion' | 'inbox.withdrawQuestion',
  questionId: string,
  text: string | null
): Promise<QuestionReceipt> {
  const { taskId } = task;
  const question = await web.database.humanTaskQuestion.findUnique({
    where: { taskId_id: { taskId, id: questionId } },
  });
  if (!question) throw new Refusal('taskNotFound', 'There is no such question.');
  const { ofId, ofName, byId, byName } = question;
  if (actor.id !== (text === null ? byId : ofId)) {
    const why = text === null ? `Only ${byName} can withdraw it.` : `${ofName} was asked, so only they answer.`;
    throw new Refusal('notCandidate', why);
  }
  const { id, name } = actor;
  const argument: AnswerQuestion = { taskId, questionId, text, actor: { id, name, groups: [] } };
  const act = text === null ? 'withdraw' : 'answer';
  return audited(web, actor, { operation, target: taskId, details: { questionId } }, () =>
    tell(web, task, ANSWER_UPDATE, `${taskId}/${act}/${questionId}`, argument)
  );
}

async function tell(
  web: Asker,
  { taskId, workflowId, firstRunId }: HumanTask,
  name: string,
  updateId: string,
  argument: AskQuestion | AnswerQuestion
): Promise<QuestionReceipt> {
  const answer = await sendUpdate(web, { workflowId, runId: null, firstRunId, name, updateId, argument });
  const { candidates, events, questions, times } = answer as QuestionsNow;
  await askOthers(web, { taskId, workflowId, runId: firstRunId, candidates, events, questions, times });
  web.invalidations.announce(['runs']);
  return { taskId, questionId: argument.questionId };
}

/** People who may be asked, by name. */
export async function listAskable(web: Pick<Web, 'database'>, actor: Actor, taskId: string): Promise<AskableList> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.askQuestion');
  const people = await readPeople(web, null);
  return {
    people: people
      .filter((person) => person.id !== actor.id && may(person, 'inbox.answerQuestion', task.flow))
      .map(({ id, name }) => ({ id, name }))
      .sort((a, b) => byName(a.name, b.name)),
  };
}

/** [TQS4] Who is asked if nobody is named; otherwise why somebody must be, in a sentence. */
export async function starterAsked(
  web: Pick<Web, 'database' | 'temporal' | 'log'>,
  { namespace, workflowId, firstRunId, runId, flow }: HumanTask
): Promise<{ person: Person; whyNot: null } | { person: null; whyNot: string }> {
  const nobody = (why: string) => ({ person: null, whyNot: `${why} Choose whom to ask.` });
  try {
    const run = { namespace, workflowId, runId: firstRunId, ...(runId === null ? {} : { currentRunId: runId }) };
    const { personId, name, by } = await readStarter(web, run);
    if (by === 'schedule') return nobody('A schedule started this run.');
    if (by === 'webhook') return nobody('A webhook started this run.');
    const person = personId === null ? null : await readPerson(web, personId);
    if (person && may(person, 'inbox.answerQuestion', flow)) return { person, whyNot: null };
    if (person) return nobody(`${person.name}, who started this run, may not see this approval.`);
    return nobody(name === '' ? 'A program started this run.' : `${name} started this run, and has no account here.`);
  } catch (error) {
    web.log.debug({ failure: failureOf(error) }, 'who started a run cannot be read now');
    return nobody('It is not known now who started this run.');
  }
}

const ASKED_MOST = 20;
/** The oldest questions that wait for an answer of this person. */
export async function askedOf({ database }: Pick<Web, 'database'>, actor: Actor): Promise<AskedOfMe[]> {
  const rows = await database.humanTaskQuestion.findMany({
    where: { ofId: actor.id, answeredAt: null, withdrawnAt: null, task: { settledAt: null } },
    include: { task: { select: { question: true, title: true, flow: true } } },
    orderBy: [{ askedAt: 'asc' }, { id: 'asc' }],
    take: ASKED_MOST,
  });
  return rows
    .filter(({ task }) => may(actor, 'inbox.answerQuestion', task.flow))
    .map(({ taskId, text, byName, askedAt, task }) => {
      return { taskId, question: task.question || task.title, text, by: byName, askedAtMs: askedAt.getTime() };
    });
}

export function questionOf(row: HumanTaskQuestion, { settledAt }: HumanTask, { id }: Actor): TaskQuestion {
  const isOpen = settledAt === null && row.answeredAt === null && row.withdrawnAt === null;
  return {
    id: row.id,
    text: row.text,
    by: row.byName,
    of: row.ofName,
    askedAtMs: row.askedAt.getTime(),
    answer: row.answer,
    answeredAtMs: row.answeredAt?.getTime() ?? null,
    withdrawnAtMs: row.withdrawnAt?.getTime() ?? null,
    mayAnswer: isOpen && row.ofId === id,
    mayWithdraw: isOpen && row.byId === id,
  };
}
