/**
 * Whether those whom a task asks are enough to decide it: by their groups, their rights, and what has been voted.
 *
 * Rules
 * [ENP1] Somebody who started the run, decided before, is excluded, has no right or has voted is not counted. A person in
 *        several groups is counted once.
 * [ENP2] It is said as soon as it is so, also while some of them may still vote.
 */
import type { Person } from '@/app/_contract/people';
import { countOf, isPerson, hasVotedIn } from '@/engine/saga/votes';
import { pollOf, votesOfTask } from './decisions';
import { isCandidate, whyNever, type Asked } from './may-decide';

export interface Lack {
  /** A sentence. */
  why: string;
  /** How many are missing. */
  missing: number;
  /** The candidate for whom nobody is left; null: one more would help. */
  candidate: string | null;
}
const MOST_NAMED = 3;

/** Null: those who are left are enough. `people`: everybody. */
export function lackOf(people: readonly Person[], task: Asked): Lack | null {
  const { candidates, fromData } = task;
  if (fromData && candidates.length === 0)
    return { why: 'Nobody who may decide is left: the data of this run names nobody.', missing: 1, candidate: null };
  const poll = pollOf(task);
  if (poll && typeof poll.howMany === 'string') return lackOfSeats(people, task, poll.howMany);
  return lackOfNumber(people, task);
}

/** Of anybody, or of so many different people. */
function lackOfNumber(people: readonly Person[], task: Asked): Lack | null {
  const poll = pollOf(task);
  const count = poll ? countOf(poll, votesOfTask(task)) : null;
  if (count && count.kind !== 'open') return null;
  const needed = count ? count.needed - count.given : 1;
  let left = 0;
  for (const person of people) {
    if (!isCandidate(person, task.candidates) || whyNotCounted(person, task)) continue;
    left++;
    if (left >= needed) return null;
  }
  const unknown = task.candidates.find((name) => isUnknown(people, name)) ?? null;
  const because = reasonsOf(people, task, task.candidates);
  const why =
    left === 0
      ? `Nobody who may decide is left: ${because || 'nobody has the right'}.`
      : `Too few who may decide are left: ${needed} more must agree, and only ${left} more may vote${because ? ` (${because})` : ''}.`;
  return { why, missing: needed - left, candidate: unknown };
}

/** Of each candidate: those who are left are seated, as many as possible. */
function lackOfSeats(people: readonly Person[], task: Asked, howMany: 'all' | 'inSequence'): Lack | null {
  const { candidates, againByName } = task;
  const votes = votesOfTask(task);
  const isTurn = howMany === 'inSequence';
  const seats = isTurn ? candidates.slice(votes.length) : candidates;
  const able = people.filter((person) => whyNever(person, task) === null);
  const fresh = able.filter(({ id }) => !votes.some((vote) => hasVotedIn(vote, id)));
  const standing = (candidate: string, seat: number): string[] => {
    const voters = isTurn
      ? []
      : votes.flatMap(({ for: names }, index) => (names.includes(candidate) ? [`vote ${index}`] : []));
    // A turn that names somebody takes them from no other turn.
    const isOwn = isTurn && againByName;
    const named = isOwn
      ? able.filter((person) => isPerson(candidate, [person.id]) && isCandidate(person, [candidate]))
      : [];
    if (named.length > 0) return [`seat ${seat}`];
    return [...voters, ...fresh.filter((person) => isCandidate(person, [candidate])).map(({ id }) => id)];
  };
  const unseated = unseatedOf(seats.map(standing));
  if (unseated.length === 0) return null;
  const names = unseated.map((seat) => seats[seat] ?? '');
  const because = reasonsOf(people, task, names) || 'each person votes once, and those who could are needed for others';
  return {
    why: `Nobody who may decide is left for ${quoted(names)}: ${because}.`,
    missing: unseated.length,
    candidate: names[0] ?? null,
  };
}

/** Places of seats that remain empty if as many as possible are taken, each by somebody else. */
function unseatedOf(seats: readonly (readonly string[])[]): number[] {
  const seatOf = new Map<string, number>();
  const take = (seat: number, tried: Set<string>): boolean =>
    (seats[seat] ?? []).some((who) => {
      if (tried.has(who)) return false;
      tried.add(who);
      const other = seatOf.get(who);
      if (other !== undefined && !take(other, tried)) return false;
      seatOf.set(who, seat);
      return true;
    });
  return seats.flatMap((_, seat) => (take(seat, new Set()) ? [] : [seat]));
}

/** [ENP1] */
const whyNotCounted = (person: Person, task: Asked): 'noRight' | 'starter' | 'excluded' | 'voted' | null =>
  whyNever(person, task) ?? (votesOfTask(task).some((vote) => hasVotedIn(vote, person.id)) ? 'voted' : null);

const REASONS = {
  noRight: 'has no right to decide',
  starter: 'started the run',
  excluded: 'decided before or is excluded',
  voted: 'has voted',
} as const;

/** Why those who have these names do not count; without a period. */
function reasonsOf(people: readonly Person[], task: Asked, names: readonly string[]): string {
  const unknown = names.filter((name) => isUnknown(people, name));
  const not = people.flatMap((person) => {
    const why = isCandidate(person, names) ? whyNotCounted(person, task) : null;
    // Whoever has no right to decide anything is not worth a name where everybody is asked.
    return why && !(why === 'noRight' && names.length === 0) ? [`${person.name} ${REASONS[why]}`] : [];
  });
  const said = [
    ...(unknown.length > 0 ? [`no account has the address or the group ${quoted(unknown)}`] : []),
    ...not.slice(0, MOST_NAMED),
    ...(not.length > MOST_NAMED ? [`${not.length - MOST_NAMED} others may not either`] : []),
  ];
  return said.join(', ');
}

const quoted = (names: readonly string[]): string => names.map((name) => `‘${name}’`).join(', ');
const isUnknown = (people: readonly Person[], name: string): boolean =>
  !people.some((person) => isCandidate(person, [name]));
