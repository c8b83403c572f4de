/**
 * How many people decide an approval together, and what their votes come to. Pure: the run counts with it, and the
 * inbox says with it whose turn it is.
 *
 * Rules
 * [VT1] A person votes once: in their own name, for somebody else who is away, or by somebody else. Several people must agree: a decision is taken when enough of them have chosen it, with
 *       the values of the last one.
 * [VT2] 'all': each candidate, a person or one member of a group. Nobody votes for two candidates. 'inSequence': the
 *       same in the order of the candidates; the last one decides how it goes on. A number: so many different people,
 *       whoever of the candidates they are.
 * [VT6] In sequence, a turn that names a person is theirs although they have voted for a group before: nobody else could take
 *       it. They vote for it by itself, and say for which turn a vote is, so that the same vote sent twice is one.
 * [VT7] Whom a candidate names is not asked any more once they have voted, or somebody has in their place. Where nobody is left
 *        to ask, all of them are named: it waits until somebody is added.
 * [VT3] A decision that turns back ends the approval. Only if a number of people is asked and all candidates are
 *       persons, it goes on as long as enough of them can still agree; then the last one that turned back is taken.
 *       Votes of those who are no longer asked count.
 * [VT4] If those who are left can no longer agree because they chose differently, and nobody turned back, nobody decided. If
 *       fewer people are named than must agree, nothing is decided: it waits until somebody is added.
 */
import { offeredBy, type HowMany, type OfferedDecision, type Vote } from './contract';

export interface Poll {
  howMany: HowMany;
  /** Empty: everybody. */
  candidates: readonly string[];
  decisions?: readonly OfferedDecision[] | null;
  /** [VT6] False: of a run whose code was published before that. */
  againByName?: boolean;
}

type Count =
  | { kind: 'open'; needed: number; given: number }
  | { kind: 'decided'; vote: Vote }
  /** [VT4] */
  | { kind: 'disagreed' };

/** What the votes come to so far. */
export function countOf(poll: Poll, votes: readonly Vote[]): Count {
  const { howMany, candidates } = poll;
  const turnsBack = ({ decision }: Vote) => turnsBackIn(poll, decision);
  const last = votes.at(-1);
  if (last === undefined) return { kind: 'open', needed: neededIn(poll), given: 0 };
  const back = votes.filter(turnsBack).at(-1);
  if (typeof howMany !== 'number') {
    if (back) return { kind: 'decided', vote: back };
    if (howMany === 'all' && votes.some(({ decision }) => decision !== last.decision)) return { kind: 'disagreed' };
    if (votes.length >= candidates.length) return { kind: 'decided', vote: last };
    return { kind: 'open', needed: candidates.length, given: votes.length };
  }
  const counts = new Map<string, number>();
  for (const { decision } of votes.filter((vote) => !turnsBack(vote)))
    counts.set(decision, (counts.get(decision) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  if (most >= howMany) {
    const vote = votes.filter(({ decision }) => counts.get(decision) === most).at(-1)!;
    return { kind: 'decided', vote };
  }
  const left = personsLeft(candidates, votes);
  if (back && left === null) return { kind: 'decided', vote: back };
  if (left === null || most + left >= howMany) return { kind: 'open', needed: howMany, given: most };
  if (back) return { kind: 'decided', vote: back };
  // [VT4]
  return counts.size > 1 ? { kind: 'disagreed' } : { kind: 'open', needed: howMany, given: most };
}

/**
 * Why this person cannot vote now: a sentence; null if they can. `names`: their id, their groups, their address, and what
 * somebody is asked by for whom they vote (`forId`).
 */
export function whyNotVote(
  { howMany, candidates, againByName = false }: Poll,
  votes: readonly Vote[],
  voter: Voter
): { kind: 'notCandidate' | 'voted'; message: string } | null {
  const next = howMany === 'inSequence' ? candidates[votes.length] : undefined;
  const own = votes.find((vote) => hasVotedIn(vote, voter.id) || (voter.forId && hasVotedIn(vote, voter.forId)));
  const isTheirTurn = againByName && next !== undefined && isNamed(next, voter, votes);
  if (own && !isTheirTurn)
    return {
      kind: 'voted',
      message: own.byId === voter.id ? 'You have voted. Others are asked too.' : `${own.by} has voted already.`,
    };
  const stands = standsFor(candidates, voter.names);
  if (candidates.length > 0 && stands.length === 0)
    return { kind: 'notCandidate', message: `Only ${candidates.join(', ')} may decide this.` };
  if (howMany === 'inSequence') {
    if (next === undefined || stands.includes(next)) return null;
    const wasAsked = votes.some((_, index) => stands.includes(candidates[index] ?? ''));
    const message = wasAsked
      ? `${next} decides next; those before have decided.`
      : `${next} decides first; you are asked afterwards.`;
    return { kind: 'notCandidate', message };
  }
  const isTaken = howMany === 'all' ? !haveSeats([...votes.map((vote) => vote.for), stands]) : isGiven(stands, votes);
  if (isTaken) return { kind: 'voted', message: `${stands.join(', ')} has decided already.` };
  return null;
}

interface Voter {
  id: string;
  forId?: string | undefined;
  names: readonly string[];
}

/** [VT6] Of somebody who votes for another person it is that person's turn, so they must not have voted themselves. */
const isNamed = (candidate: string, { id, forId, names }: Voter, votes: readonly Vote[]): boolean =>
  names.includes(candidate) &&
  isPerson(candidate, [id, ...(forId ? [forId] : [])]) &&
  !(forId && votes.some((vote) => hasVotedIn(vote, id)));

/** [VT7] The voices of these candidates, each of whom is a person. */
const isGiven = (candidates: readonly string[], votes: readonly Vote[]): boolean =>
  candidates.length > 0 &&
  candidates.every((candidate) =>
    votes.some(
      (vote) => vote.for.includes(candidate) && isPerson(candidate, [vote.byId, ...(vote.forId ? [vote.forId] : [])])
    )
  );

/** A candidate is a person by an address or an id; otherwise a group. */
export const isPerson = (candidate: string, ids: readonly string[]): boolean =>
  candidate.includes('@') || ids.includes(candidate);

/** [VT1] */
export const hasVotedIn = ({ byId, forId }: Pick<Vote, 'byId' | 'forId'>, id: string): boolean =>
  byId === id || forId === id;

/** The candidates for whom a person can vote. */
export const standsFor = (candidates: readonly string[], names: readonly string[]): string[] =>
  candidates.filter((candidate) => names.includes(candidate));

/** [VT7] The candidates who are asked now: whoever is one of them, or in the group, and has not voted, can vote. Empty: everybody. */
export function askedNow({ howMany, candidates }: Poll, votes: readonly Vote[]): string[] {
  if (howMany === 'inSequence') return candidates.slice(votes.length, votes.length + 1);
  const left = candidates.filter((candidate) => !isGiven([candidate], votes));
  const of = left.length > 0 ? left : [...candidates];
  if (howMany !== 'all') return of;
  return of.filter((candidate) => haveSeats([...votes.map((vote) => vote.for), [candidate]]));
}

const neededIn = ({ howMany, candidates }: Poll): number => (typeof howMany === 'number' ? howMany : candidates.length);

const turnsBackIn = (poll: Poll, decision: string): boolean =>
  offeredBy(poll).some(({ key, turnsBack }) => key === decision && turnsBack === true);

/** How many people have not voted; null if there is a group among the candidates, or everybody may decide. */
function personsLeft(candidates: readonly string[], votes: readonly Vote[]): number | null {
  if (candidates.length === 0 || !candidates.every((name) => name.includes('@'))) return null;
  return candidates.filter((name) => !votes.some((vote) => vote.for.includes(name))).length;
}

/** [VT2] True if each voter has a candidate of their own. */
function haveSeats(voters: readonly (readonly string[])[]): boolean {
  const takenBy = new Map<string, number>();
  const seat = (voter: number, tried: Set<string>): boolean =>
    (voters[voter] ?? []).some((candidate) => {
      if (tried.has(candidate)) return false;
      tried.add(candidate);
      const other = takenBy.get(candidate);
      if (other !== undefined && !seat(other, tried)) return false;
      takenBy.set(candidate, voter);
      return true;
    });
  return voters.every((_, voter) => seat(voter, new Set()));
}
