/** [VT] What votes come to, whatever the order in which they come (votes.ts). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OfferedDecision, Vote } from './contract';
import { askedNow, countOf, standsFor, whyNotVote, type Poll } from './votes';

const decisions: OfferedDecision[] = [
  { key: 'approve', title: 'Approve' },
  { key: 'less', title: 'Less' },
  { key: 'reject', title: 'Reject', turnsBack: true },
];
/** 'ada:approve bob:reject': who chose what. The names are those of the person and of their groups. */
const votesOf = (said: string, poll: Poll, groups: Record<string, string[]> = {}): Vote[] =>
  said
    .split(' ')
    .filter(Boolean)
    .map((each, atMs) => {
      const [byId = '', decision = ''] = each.split(':');
      const stands = standsFor(poll.candidates, [byId, ...(groups[byId] ?? [])]);
      return { decision, comment: '', by: byId, byId, for: stands, atMs };
    });
const three = ['ada@x', 'bob@x', 'carl@x'];
const poll = (howMany: Poll['howMany'], candidates: string[] = three): Poll => ({ howMany, candidates, decisions });
/** 'open 1/2', 'approve by bob@x', 'disagreed'. */
function outcome(asked: Poll, said: string): string {
  const count = countOf(asked, votesOf(said, asked));
  if (count.kind === 'open') return `open ${count.given}/${count.needed}`;
  return count.kind === 'decided' ? `${count.vote.decision} by ${count.vote.byId}` : 'disagreed';
}

test('[VT1] so many people must choose the same decision', () => {
  const two = poll(2);
  expect(outcome(two, '')).toBe('open 0/2');
  expect(outcome(two, 'ada@x:approve')).toBe('open 1/2');
  expect(outcome(two, 'ada@x:approve bob@x:approve')).toBe('approve by bob@x');
  expect(outcome(two, 'ada@x:approve bob@x:less')).toBe('open 1/2');
  expect(outcome(two, 'ada@x:approve bob@x:less carl@x:approve')).toBe('approve by carl@x');
});

test('[VT1] a person is one voice, in their own name, for somebody else, and by somebody else', () => {
  const two = poll(2);
  const bobForAda: Vote[] = [
    { ...votesOf('bob@x:approve', two)[0]!, by: 'Bob for Ada', forId: 'ada@x', for: ['ada@x'] },
  ];
  const voter = (id: string, forId?: string) => ({ id, forId, names: [id, ...(forId ? [forId] : [])] });
  expect(whyNotVote(two, bobForAda, voter('ada@x'))?.message).toBe('Bob for Ada has voted already.');
  expect(whyNotVote(two, bobForAda, voter('bob@x'))?.message).toBe('You have voted. Others are asked too.');
  expect(whyNotVote(two, bobForAda, voter('carl@x', 'ada@x'))?.kind).toBe('voted');
  expect(whyNotVote(two, bobForAda, voter('carl@x', 'bob@x'))?.kind).toBe('voted');
  expect(whyNotVote(two, bobForAda, voter('carl@x'))).toBe(null);
});

test('[VT3] one who turns back ends it, unless enough named persons can still agree', () => {
  expect(outcome(poll(2), 'ada@x:reject')).toBe('open 0/2');
  expect(outcome(poll(2), 'ada@x:reject bob@x:approve carl@x:approve')).toBe('approve by carl@x');
  expect(outcome(poll(2), 'ada@x:reject bob@x:approve carl@x:reject')).toBe('reject by carl@x');
  expect(outcome(poll(2), 'ada@x:reject bob@x:reject')).toBe('reject by bob@x');
  expect(outcome(poll(3), 'ada@x:reject')).toBe('reject by ada@x');
  // How many there are in a group is not known here.
  expect(outcome(poll(2, ['finance']), 'ada@x:reject')).toBe('reject by ada@x');
  expect(outcome(poll(2, []), 'ada@x:approve bob@x:reject')).toBe('reject by bob@x');
  for (const each of ['all', 'inSequence'] as const)
    expect(outcome(poll(each), 'ada@x:approve bob@x:reject')).toBe('reject by bob@x');
});

test('[VT4] nobody decided if those who are left cannot agree', () => {
  expect(outcome(poll(3), 'ada@x:approve bob@x:less')).toBe('disagreed');
  expect(outcome(poll('all'), 'ada@x:approve bob@x:less')).toBe('disagreed');
  expect(outcome(poll('inSequence'), 'ada@x:approve bob@x:less carl@x:approve')).toBe('approve by carl@x');
});

test('[VT2] a person votes for one candidate; in sequence it is their turn', () => {
  const groups = { ada: ['finance', 'boss'], bob: ['finance'], carl: ['sales'] };
  const asked = poll('all', ['finance', 'boss']);
  const may = (who: keyof typeof groups, said: string, of = asked) =>
    whyNotVote(of, votesOf(said, of, groups), { id: who, names: [who, ...groups[who]] })?.kind ?? null;
  expect(may('carl', '')).toBe('notCandidate');
  // Ada is counted for the boss as soon as somebody else is there for Finance.
  expect(may('bob', 'ada:approve')).toBeNull();
  expect(may('ada', 'bob:approve')).toBeNull();
  expect(may('ada', 'ada:approve')).toBe('voted');
  expect(may('bob', 'ada:approve', poll('all', ['finance']))).toBe('voted');
  const turns = poll('inSequence', ['boss', 'finance']);
  expect(may('bob', '', turns)).toBe('notCandidate');
  expect(may('bob', 'ada:approve', turns)).toBeNull();
  expect(may('ada', 'ada:approve', turns)).toBe('voted');
});

test('[VT4] fewer are named than must agree: it waits, and nobody is said to disagree', () => {
  const few = poll(3, ['ada@x', 'bob@x']);
  expect(outcome(few, 'ada@x:approve')).toBe('open 1/3');
  expect(outcome(few, 'ada@x:approve bob@x:approve')).toBe('open 2/3');
  expect(outcome(few, 'ada@x:approve bob@x:less')).toBe('disagreed');
  expect(outcome(few, 'ada@x:approve bob@x:reject')).toBe('reject by bob@x');
});

test('[VT6] whom a turn names takes it, although they have voted for a group before; nobody takes a second turn otherwise', () => {
  const groups = { 'ada@x': ['finance', 'legal'], 'bob@x': ['finance'] };
  const may = (of: Poll, said: string, id: keyof typeof groups, forId?: keyof typeof groups) => {
    const names = [id, ...groups[id], ...(forId ? [forId, ...groups[forId]] : [])];
    return whyNotVote(of, votesOf(said, of, groups), { id, forId, names })?.kind ?? null;
  };
  const turns = { ...poll('inSequence', ['finance', 'ada@x']), againByName: true };
  expect(may(turns, 'ada@x:approve', 'ada@x')).toBeNull();
  expect(may({ ...turns, againByName: false }, 'ada@x:approve', 'ada@x')).toBe('voted');
  expect(may(turns, 'ada@x:approve', 'bob@x')).toBe('notCandidate');
  // For Ada, who is away: it is her turn, but not the second one of Bob.
  expect(may(turns, 'ada@x:approve', 'bob@x', 'ada@x')).toBeNull();
  expect(may(turns, 'bob@x:approve', 'bob@x', 'ada@x')).toBe('voted');
  // Of a group there is somebody else, or an operator says who.
  expect(may({ ...turns, candidates: ['finance', 'legal'] }, 'ada@x:approve', 'ada@x')).toBe('voted');
  expect(may({ ...turns, howMany: 'all' }, 'ada@x:approve', 'ada@x')).toBe('voted');
});

test('[VT7] whom a candidate names is asked no more once they have voted, or somebody has in their place', () => {
  const groups = { 'ada@x': ['finance'], 'bob@x': ['finance'] };
  const left = (of: Poll, said: string) => askedNow(of, votesOf(said, of, groups));
  expect(left(poll(2), '')).toEqual(three);
  expect(left(poll(2), 'ada@x:approve')).toEqual(['bob@x', 'carl@x']);
  expect(left(poll('all'), 'ada@x:approve')).toEqual(['bob@x', 'carl@x']);
  // Of a group somebody else can vote; how many there are is not known here.
  expect(left(poll(2, ['finance', 'ada@x']), 'ada@x:approve')).toEqual(['finance']);
  expect(left(poll('all', ['finance', 'ada@x']), 'ada@x:approve')).toEqual(['finance']);
  expect(left(poll('all', ['finance', 'ada@x']), 'bob@x:approve')).toEqual(['ada@x']);
  expect(left(poll(2, ['finance']), 'ada@x:approve')).toEqual(['finance']);
  // By an id, and by somebody who decides for them.
  const ids = poll(2, ['u-1', 'u-2']);
  const forFirst = [{ decision: 'approve', comment: '', by: 'Carl', byId: 'u-3', forId: 'u-1', for: ['u-1'], atMs: 0 }];
  expect(askedNow(ids, forFirst)).toEqual(['u-2']);
  // A guest without an account has the voice of the address: whoever makes an account with it later has none beside it.
  const guest = [{ decision: 'approve', comment: '', by: 'Gus', byId: 'guest', for: ['bob@x'], atMs: 0 }];
  expect(askedNow(poll(2), guest)).toEqual(['ada@x', 'carl@x']);
  expect(whyNotVote(poll(2), guest, { id: 'new', names: ['new', 'bob@x'] })?.message).toBe(
    'bob@x has decided already.'
  );
  // Too few are named: it waits until somebody is added.
  expect(left(poll(3, ['ada@x', 'bob@x']), 'ada@x:approve bob@x:approve')).toEqual(['ada@x', 'bob@x']);
  expect(left(poll(2, []), 'ada@x:approve')).toEqual([]);
});

test('[VT5] whoever votes first: each person counts once, and the same votes come to the same kind of end', () => {
  const people = ['ada@x', 'bob@x', 'carl@x', 'dan@x'];
  const choice = fc.constantFrom('approve', 'reject');
  const asked = fc.constantFrom<Poll['howMany']>(1, 2, 3, 4, 'all');
  fc.assert(
    fc.property(
      asked,
      fc.array(choice, { minLength: 4, maxLength: 4 }),
      fc.shuffledSubarray([...people, ...people], { minLength: 8, maxLength: 8 }),
      (howMany, chosen, clicks) => {
        const of = poll(howMany, people);
        const votes: Vote[] = [];
        for (const byId of clicks) {
          if (countOf(of, votes).kind !== 'open') break;
          if (whyNotVote(of, votes, { id: byId, names: [byId] })) continue;
          const decision = chosen[people.indexOf(byId)]!;
          votes.push({ decision, comment: '', by: byId, byId, for: [byId], atMs: 0 });
        }
        expect(new Set(votes.map(({ byId }) => byId)).size).toBe(votes.length);
        const count = countOf(of, votes);
        const agreeing = chosen.filter((each) => each === 'approve').length;
        const needed = howMany === 'all' ? people.length : (howMany as number);
        expect(count).toMatchObject({ kind: 'decided', vote: { decision: agreeing >= needed ? 'approve' : 'reject' } });
      }
    )
  );
});
