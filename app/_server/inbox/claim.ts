/**
 * Whose a task is: claimed by somebody who may decide it, released, or given to somebody by who operates the flow.
 *
 * Rules
 * [CLM1] One conditional UPDATE: of two who claim at once one is refused with the name of the other. Sent twice, a claim
 *        has the effect of one.
 * [CLM2] A claimed task is decided by its owner. Another candidate must take it over first, which names its owner: nobody
 *        decides under the hands of somebody else without having seen the name.
 * [CLM3] Only somebody who may decide a task can have it; if nobody may, see nobody.ts.
 * [CLM4] A person who is deactivated has no tasks any more; of settled ones the claim stays on record.
 */
import type { AssignTask, CandidateList, ClaimReceipt, ClaimTask } from '@/app/_contract/inbox';
import { byName } from '@/engine/flow/values/name-order';
import type { Operation } from '@/engine/permissions/permissions';
import type { HumanTask, Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import { readPeople } from '../people/person';
import type { Web } from '../web';
import { readStandIns, rightTo } from './delegate';
import { whyNotDecide } from './may-decide';
import { askingInstead, askInstead, whyNobody } from './nobody';
import { claimOf, settledWords } from './view';

type Claimer = Pick<Web, 'database' | 'log' | 'invalidations'>;
type Assigner = Claimer & Pick<Web, 'temporal' | 'config'>;

/** Claims a task that nobody has, or takes it over from the person whom the request names. */
export async function claimTask(
  web: Claimer,
  actor: Actor,
  taskId: string,
  { from }: ClaimTask
): Promise<ClaimReceipt> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.claim');
  const { whyNot } = rightTo(actor, await readStandIns(web, actor), task);
  if (whyNot) throw new Refusal(whyNot.code, whyNot.message);
  if (task.claimedById === actor.id) return { taskId, claim: claimOf(task, actor) };
  const details: Gift['details'] = from === null ? {} : { takenOverFrom: task.claimedByName };
  return give(web, actor, { task, operation: 'inbox.claim', details, from, to: actor });
}

/** A task that nobody has stays so. */
export async function releaseTask(web: Claimer, actor: Actor, taskId: string): Promise<ClaimReceipt> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.release');
  if (task.claimedById === null) return { taskId, claim: null };
  if (task.claimedById !== actor.id) throw claimedBy(task);
  return give(web, actor, { task, operation: 'inbox.release', details: {}, from: actor.id, to: null });
}

/**
 * Gives a task to a person who may decide it, or takes it from its owner. A task that nobody may decide is given to
 * anybody who may decide approvals of the flow, and the run asks them from then on (nobody.ts).
 */
export async function assignTask(
  web: Assigner,
  actor: Actor,
  taskId: string,
  { from, to }: AssignTask
): Promise<ClaimReceipt> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.assign');
  const [person] = to === null ? [] : await readPeople(web, [to]);
  if (to !== null && !person) throw new Refusal('personNotFound', 'There is no such person, or they were deactivated.');
  const forbidden = person ? whyNotDecide(person, task) : null;
  const people = forbidden ? await readPeople(web, null) : [];
  const instead = person && forbidden ? askingInstead(people, [person], task).get(person.id) : undefined;
  if (person && forbidden && !instead) {
    throw new Refusal(
      'notCandidate',
      `${person.name} may not decide this, so it cannot be theirs. Nothing was changed.`
    );
  }
  const details = {
    from: task.claimedByName,
    to: person?.name ?? null,
    ...(instead ? { asked: instead.join(', ') } : {}),
  };
  if (person && instead && whyNotDecide(person, { ...task, candidates: instead })) {
    // Their turn comes later, so the task is not theirs yet.
    return audited(web, actor, { operation: 'inbox.assign', target: taskId, details }, async () => {
      await askInstead(web, actor, task, instead);
      web.invalidations.announce(['inbox']);
      return { taskId, claim: claimOf(task, actor) };
    });
  }
  const before = instead ? () => askInstead(web, actor, task, instead) : undefined;
  return give(web, actor, { task, operation: 'inbox.assign', details, from, to: person ?? null, before });
}

/** People who may decide the task, by name. */
export async function listCandidates(web: Pick<Web, 'database'>, actor: Actor, taskId: string): Promise<CandidateList> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.assign');
  const people = await readPeople(web, null);
  const instead = askingInstead(people, people, task);
  return {
    asksAnew: whyNobody(people, task) !== null,
    people: people
      .filter((person) => instead.has(person.id) || whyNotDecide(person, task) === null)
      .map(({ id, name }) => ({ id, name }))
      .sort((a, b) => byName(a.name, b.name)),
  };
}

/**
 * [CLM2] Throws `claimedByOther`. What Ada has claimed is decided by whoever decides for her, too. Where several people decide, nobody
 * has the task alone.
 */
export function demandNotClaimedByOther(
  actor: Pick<Actor, 'id'>,
  actingFor: Pick<Actor, 'id'> | null,
  task: HumanTask
): void {
  if (task.howMany !== null) return;
  if (task.claimedById !== null && task.claimedById !== actor.id && task.claimedById !== actingFor?.id)
    throw claimedBy(task, 'Nothing was decided.');
}

/** [CLM4] Within the transaction that deactivates the person. */
export async function releaseTasksOf(transaction: Prisma.TransactionClient, personId: string): Promise<void> {
  await transaction.humanTask.updateMany({ where: { claimedById: personId, settledAt: null }, data: NOBODYS });
}

export const NOBODYS = { claimedById: null, claimedByName: null, claimedAt: null, assignedBy: null };

/** Throws `taskNotFound`, `notAllowed`, or `alreadyDecided`. */
export async function openTaskFor(
  { database }: Pick<Web, 'database'>,
  actor: Actor,
  taskId: string,
  operation: Operation
): Promise<HumanTask> {
  demandAnywhere(actor, operation);
  const task = await database.humanTask.findUnique({ where: { taskId } });
  if (!task || task.flow === '') throw new Refusal('taskNotFound', 'There is no such task.');
  demand(actor, operation, task.flow);
  if (task.settledAt) throw new Refusal('alreadyDecided', settledWords(task));
  return task;
}

interface Gift {
  task: HumanTask;
  operation: Operation;
  details: Record<string, string | null>;
  from: string | null;
  to: Pick<Actor, 'id' | 'name'> | null;
  /** What must be done first. */
  before?: (() => Promise<void>) | undefined;
}

/** [CLM1] */
async function give(
  web: Claimer,
  actor: Actor,
  { task, operation, details, from, to, before }: Gift
): Promise<ClaimReceipt> {
  const { taskId } = task;
  const assignedBy = to && to.id !== actor.id ? actor.name : null;
  const data = to ? { claimedById: to.id, claimedByName: to.name, claimedAt: new Date(), assignedBy } : NOBODYS;
  return audited(web, actor, { operation, target: taskId, details }, async () => {
    await before?.();
    const { count } = await web.database.humanTask.updateMany({
      where: { taskId, settledAt: null, claimedById: from },
      data,
    });
    const now =
      count > 0 ? { ...task, ...data } : await web.database.humanTask.findUniqueOrThrow({ where: { taskId } });
    if (count === 0 && now.settledAt) throw new Refusal('alreadyDecided', settledWords(now));
    if (now.claimedById !== (to?.id ?? null)) throw claimedBy(now);
    web.invalidations.announce(['inbox']);
    return { taskId, claim: claimOf(now, actor) };
  });
}

function claimedBy({ claimedByName }: Pick<HumanTask, 'claimedByName'>, more = 'Nothing was changed.'): Refusal {
  const words = claimedByName === null ? 'Nobody has claimed this any more.' : `${claimedByName} has claimed this.`;
  return new Refusal('claimedByOther', `${words} ${more}`);
}
