/**
 * Tasks that those whom they ask cannot decide (enough-people.ts): the data names nobody, or somebody who has no account,
 * or too few are left who may. Who operates the flow assigns such a task, and the run then asks that person too.
 *
 * Rules
 * [NOB1] A task that enough people may decide is given only to those who may. Otherwise it is also given to anybody who has the
 *        right to decide approvals of the flow, has not voted, and whom no rule about the starter or earlier decisions
 *        excludes.
 * [NOB2] The person takes the place of the first name for which nobody is left, so the others and their order remain.
 * [NOB3] The run has the last word: the row follows what the run has accepted.
 */
import { createHash } from 'node:crypto';
import type { Person } from '@/app/_contract/people';
import { WHO_DECIDES_UPDATE, type WhoDecides, type WhoIsAsked } from '@/engine/saga/contract';
import { askedNow, hasVotedIn } from '@/engine/saga/votes';
import type { HumanTask } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { sendUpdate } from '../runs/send-update';
import type { Web } from '../web';
import { pollOf, votesOfTask } from './decisions';
import { lackOf } from './enough-people';
import { isCandidate, whyNever, type Asked } from './may-decide';

/** Why those whom the task asks cannot decide it, in a sentence; null if they can. `people`: everybody. */
export const whyNobody = (people: readonly Person[], task: Asked): string | null => lackOf(people, task)?.why ?? null;

/**
 * [NOB1] [NOB2] Whom the task would ask, if it were given to each of these; those whom it would not help are left out.
 * `people`: everybody.
 */
export function askingInstead(
  people: readonly Person[],
  chosen: readonly Person[],
  task: Asked
): Map<string, string[]> {
  const lack = lackOf(people, task);
  if (!lack) return new Map();
  const votes = votesOfTask(task);
  const { candidates } = task;
  const mayBeAsked = (person: Person) =>
    whyNever(person, task) === null && !votes.some((vote) => hasVotedIn(vote, person.id));
  // Of many people, those whom the task does not ask change nothing.
  const asked = people.filter((person) => isCandidate(person, candidates));
  const asking = chosen.filter(mayBeAsked).flatMap((person): [string, string[]][] => {
    const name = person.email.toLowerCase();
    const { candidate } = lack;
    // Of a turn that was taken the name stays.
    const from = task.howMany === 'inSequence' ? votes.length : 0;
    const place = candidate === null ? -1 : candidates.indexOf(candidate, from);
    const instead = place < 0 ? [...candidates, name] : candidates.map((each, at) => (at === place ? name : each));
    const isNew = !isCandidate(person, candidates) || (task.fromData && candidates.length === 0);
    const helps =
      typeof task.howMany === 'string'
        ? (lackOf([...asked, person], { ...task, candidates: instead })?.missing ?? 0) < lack.missing
        : isNew;
    return helps ? [[person.id, instead]] : [];
  });
  return new Map(asking);
}

/** [NOB3] */
export async function askInstead(
  web: Pick<Web, 'database' | 'temporal' | 'config' | 'invalidations'>,
  { id, name, groups }: Actor,
  task: HumanTask,
  candidates: string[]
): Promise<void> {
  const { taskId, workflowId, firstRunId } = task;
  const argument: WhoDecides = { taskId, candidates, actor: { id, name, groups: [...groups] } };
  // Sent twice, it is one update.
  const which = createHash('sha256').update(JSON.stringify(candidates)).digest('hex').slice(0, 32);
  const answer = await sendUpdate(web, {
    workflowId,
    runId: null,
    firstRunId,
    name: WHO_DECIDES_UPDATE,
    updateId: `${taskId}/who/${which}`,
    argument,
  });
  await keepWhoIsAsked(web, task, (answer as WhoIsAsked).candidates);
}

export async function keepWhoIsAsked(
  { database }: Pick<Web, 'database'>,
  task: HumanTask,
  candidates: string[]
): Promise<void> {
  const poll = pollOf({ ...task, candidates });
  await database.humanTask.updateMany({
    where: { taskId: task.taskId, settledAt: null },
    data: { candidates, asked: poll ? askedNow(poll, votesOfTask(task)) : [] },
  });
}
