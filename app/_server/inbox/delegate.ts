/**
 * Somebody decides for somebody else who is away, for a time, for all flows or some.
 *
 * Rules
 * [DGT1] It is in effect from its start to its end, or until one of the two ends it, while both may sign in. Nothing has to
 *        happen for it to end.
 * [DGT2] Who decides for Ada may decide what Ada may decide at that moment, and needs the right to decide approvals of that
 *        flow as well: being asked is passed on, a role is not.
 * [DGT3] It is not passed on: what Ada herself may decide only for another person is not part of it.
 * [DGT4] Rules about who started a run, and about who may not decide, count for both persons.
 * [DGT5] Who may decide a task in their own name decides it in their own name.
 */
import type { CreateDelegation, Delegation, DelegationList } from '@/app/_contract/inbox';
import type { Person } from '@/app/_contract/people';
import { byName } from '@/engine/flow/values/name-order';
import { may, mayAnywhere } from '@/engine/permissions/permissions';
import { isUuid } from '@/engine/plain-text';
import { hasVotedIn } from '@/engine/saga/votes';
import type { Delegation as Row, HumanTask } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import { readPeople } from '../people/person';
import type { Web } from '../web';
import { votesOfTask } from './decisions';
import { isExcluded, whyNotDecide, type Asked, type WhyNot } from './may-decide';

type Changer = Pick<Web, 'database' | 'log' | 'invalidations'>;

/** Somebody for whom the actor decides now. */
export interface StandIn {
  person: Person;
  /** Null: of all flows. */
  flows: readonly string[] | null;
}

/** [DGT1] By name. */
export async function readStandIns(web: Pick<Web, 'database'>, actor: Pick<Actor, 'id'>): Promise<StandIn[]> {
  const now = new Date();
  const rows = await web.database.delegation.findMany({
    where: { toId: actor.id, endedAt: null, startsAt: { lte: now }, endsAt: { gt: now } },
    orderBy: [{ fromName: 'asc' }, { id: 'asc' }],
  });
  if (rows.length === 0) return [];
  const people = new Map(
    (
      await readPeople(
        web,
        rows.map(({ fromId }) => fromId)
      )
    ).map((each) => [each.id, each])
  );
  return rows.flatMap(({ fromId, flows }) => {
    const person = people.get(fromId);
    return person ? [{ person, flows: flows.length === 0 ? null : flows }] : [];
  });
}

export interface Right {
  /** Why the actor may not decide the task; null if they may. */
  whyNot: WhyNot | null;
  /** For whom they decide; null: in their own name. */
  actingFor: Person | null;
}

/** [DGT2] [DGT3] [DGT4] [DGT5] */
export function rightTo(actor: Person, standIns: readonly StandIn[], task: Asked): Right {
  const whyNot = whyNotDecide(actor, task);
  // A person votes once, also for others.
  const hasVoted = votesOfTask(task).some((vote) => hasVotedIn(vote, actor.id));
  if (whyNot === null || hasVoted) return { whyNot, actingFor: null };
  const isStarter = task.forbidStarter && task.starterId === actor.id;
  if (isStarter || isExcluded(actor, task) || !may(actor, 'inbox.decide', task.flow))
    return { whyNot, actingFor: null };
  const found = standIns.find(
    ({ person, flows }) => (flows === null || flows.includes(task.flow)) && whyNotDecide(person, task) === null
  );
  return found ? { whyNot: null, actingFor: found.person } : { whyNot, actingFor: null };
}

export interface Decider extends Actor {
  actingFor?: { id: string; name: string };
}

/**
 * The actor of one decision: under both names, and with what the other person is asked by, for this decision alone.
 */
export function actingAs(actor: Actor, actingFor: Person | null, candidates: readonly string[]): Decider {
  if (!actingFor) return actor;
  const { id, name, groups } = actingFor;
  const email = actingFor.email.toLowerCase();
  const named = candidates.filter((each) => each.toLowerCase() === email);
  return {
    ...actor,
    name: `${actor.name} for ${name}`,
    // The run compares the address with those who may not decide.
    groups: [...actor.groups, ...groups, id, email, ...named],
    actingFor: { id, name },
  };
}

/** A settled task has the name under which this person may have decided it. */
export const asDecided = (actor: Actor, { decidedBy }: Pick<HumanTask, 'decidedBy'>): Actor =>
  decidedBy?.startsWith(`${actor.name} for `) ? { ...actor, name: decidedBy } : actor;

/** The own ones, those for the person, and who could be chosen. */
export async function listDelegations(web: Pick<Web, 'database'>, actor: Actor): Promise<DelegationList> {
  demandAnywhere(actor, 'inbox.delegate');
  const [rows, people] = await Promise.all([
    web.database.delegation.findMany({
      where: { OR: [{ fromId: actor.id }, { toId: actor.id }], endedAt: null, endsAt: { gt: new Date() } },
      orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    }),
    readPeople(web, null),
  ]);
  return {
    own: rows.filter(({ fromId }) => fromId === actor.id).map(viewOf),
    forMe: rows.filter(({ toId }) => toId === actor.id).map(viewOf),
    people: people
      .filter((person) => person.id !== actor.id && mayAnywhere(person, 'inbox.decide'))
      .map(({ id, name }) => ({ id, name }))
      .sort((a, b) => byName(a.name, b.name)),
  };
}

export async function createDelegation(web: Changer, actor: Actor, request: CreateDelegation): Promise<Delegation> {
  demandAnywhere(actor, 'inbox.delegate');
  const { requestId, to, flows, fromMs, untilMs } = request;
  const [person] = await readPeople(web, [to]);
  if (!person) throw new Refusal('personNotFound', 'There is no such person, or they were deactivated.');
  if (to === actor.id) throw new Refusal('refused', 'You cannot decide for yourself. Choose somebody else.');
  if (untilMs <= Math.max(fromMs, Date.now())) {
    throw new Refusal('inputInvalid', 'The time is over before it begins.', [
      { at: '/untilMs', message: 'must be later than now and than the start' },
    ]);
  }
  const without = flows.length === 0 ? !mayAnywhere(person, 'inbox.decide') : undecidable(person, flows).length > 0;
  if (without) {
    const of = flows.length === 0 ? 'approvals' : `approvals of ${undecidable(person, flows).join(', ')}`;
    throw new Refusal(
      'refused',
      `The role of ${person.name} does not allow them to decide ${of}, so they cannot do it for you.`
    );
  }
  const data = {
    id: requestId,
    fromId: actor.id,
    fromName: actor.name,
    toId: person.id,
    toName: person.name,
    flows,
    startsAt: new Date(fromMs),
    endsAt: new Date(untilMs),
  };
  const details = {
    to: person.name,
    from: data.startsAt.toISOString(),
    until: data.endsAt.toISOString(),
    flows: flows.join(', '),
  };
  return audited(web, actor, { operation: 'inbox.delegate', target: requestId, details }, async () => {
    // Sent twice, it is one.
    await web.database.delegation.createMany({ data: [data], skipDuplicates: true });
    const row = await web.database.delegation.findUniqueOrThrow({ where: { id: requestId } });
    if (row.fromId !== actor.id) throw new Refusal('requestReused', 'This request belongs to somebody else.');
    web.invalidations.announce(['inbox']);
    return viewOf(row);
  });
}

const undecidable = (person: Person, flows: readonly string[]): string[] =>
  flows.filter((flow) => !may(person, 'inbox.decide', flow));

/** Both may end it: who gave it, and who no longer wants it. */
export async function endDelegation(web: Changer, actor: Actor, id: string): Promise<{ id: string }> {
  demandAnywhere(actor, 'inbox.delegate');
  const row = isUuid(id) ? await web.database.delegation.findUnique({ where: { id } }) : null;
  if (!row || (row.fromId !== actor.id && row.toId !== actor.id)) {
    throw new Refusal('delegationNotFound', 'There is no such delegation.');
  }
  return audited(
    web,
    actor,
    { operation: 'inbox.endDelegation', target: id, details: { to: row.toName } },
    async () => {
      await web.database.delegation.updateMany({ where: { id, endedAt: null }, data: { endedAt: new Date() } });
      web.invalidations.announce(['inbox']);
      return { id };
    }
  );
}

const viewOf = ({ id, fromName, toName, flows, startsAt, endsAt }: Row): Delegation => ({
  id,
  from: fromName,
  to: toName,
  flows,
  fromMs: startsAt.getTime(),
  untilMs: endsAt.getTime(),
});
