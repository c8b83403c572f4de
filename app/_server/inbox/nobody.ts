/**
 * Tasks that nobody can decide: the data names nobody, or somebody who has no account, or everybody who is asked is
 * excluded. Who operates the flow assigns such a task, and the run then asks that person.
 *
 * Rules
 * [NOB1] A task that somebody may decide is given only to those who may. One that nobody may decide is given to anybody
 *        who has the right to decide approvals of the flow, and whom no rule about the starter or earlier decisions
 *        excludes.
 * [NOB2] The person takes the place of the first name that nobody has, so the others and their order remain.
 * [NOB3] The run has the last word: the row follows what the run has accepted.
 */
import { createHash } from 'node:crypto';
import type { Person } from '@/app/_contract/people';
import { WHO_DECIDES_UPDATE, type WhoDecides, type WhoIsAsked } from '@/engine/saga/contract';
import { askedNow } from '@/engine/saga/votes';
import type { HumanTask } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { sendUpdate } from '../runs/send-update';
import type { Web } from '../web';
import { pollOf, votesOfTask } from './decisions';
import { isCandidate, whyNotDecide, type Asked } from './may-decide';

/** Why nobody may decide the task now, in one sentence; null if somebody may. `people`: everybody. */
export function whyNobody(people: readonly Person[], task: Asked): string | null {
  if (task.fromData && task.candidates.length === 0) return 'The data of this run names nobody who may decide this.';
  if (people.some((person) => whyNotDecide(person, task) === null)) return null;
  const unknown = askedIn(task).filter((name) => isUnknown(people, name));
  if (unknown.length > 0)
    return `No account has the address or the group ${unknown.map((name) => `‘${name}’`).join(', ')}.`;
  return 'Nobody who is asked may decide this: they have no right to, or the flow excludes them.';
}

/** [NOB1] Whom the task would ask, if it were given to this person; null if they may not decide it even then. */
export function askingInstead(people: readonly Person[], person: Person, task: Asked): string[] | null {
  const candidates = inPlaceOf(people, task, person.email.toLowerCase());
  return whyNotDecide(person, { ...task, candidates }) === null ? candidates : null;
}

/** [NOB2] */
function inPlaceOf(people: readonly Person[], task: Asked, name: string): string[] {
  const { candidates, howMany } = task;
  const asked = askedIn(task);
  // Where each candidate decides, one more would not help.
  const left = asked.find((each) => isUnknown(people, each)) ?? (typeof howMany === 'string' ? asked[0] : undefined);
  return left === undefined ? [...candidates, name] : candidates.map((each) => (each === left ? name : each));
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

function askedIn(task: Asked): string[] {
  const poll = pollOf(task);
  return poll ? askedNow(poll, votesOfTask(task)) : task.candidates;
}
const isUnknown = (people: readonly Person[], name: string): boolean =>
  !people.some((person) => isCandidate(person, [name]));
