import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyGesture } from './apply';
import { addBranch, moveBranch, putBranch, removeBranch, whyNotBranchIn } from './branches';
import { newNode } from './compose';
import { draftNodes, findNode, holdOf, type Draft, type DraftBranch, type DraftNode } from './draft';
import type { Operation } from './operations';
import { dice, EMPTY, operationsFrom, type Dice } from './testing/arbitrary';

const done = (draft: Draft, operations: readonly Operation[]) => {
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  return outcome;
};
const step = (id: string, branches: DraftBranch[] = []): DraftNode => {
  return { id, kind: 'action', fields: { title: id, activity: 'http.request' }, branches };
};
const way = (id: string, steps: DraftNode[] = [], fields = {}): DraftBranch => {
  return { id, at: 'branches', fields: { title: id, ...fields }, steps };
};
const ways = (draft: Draft, id: string) => findNode(draft, id)!.branches.map((branch) => branch.id);

it('[FC6] a branch is added with a free id, moved by one place, and removed with all that it was', () => {
  const handler: DraftBranch = { id: 'catch-2', at: 'catch', fields: { types: [] }, steps: [] };
  let draft: Draft = { ...EMPTY, steps: [step('a', [handler])] };
  const edit = (operations: Operation[]) => ({ draft } = done(draft, operations));
  edit(addBranch(draft, 'a', 'catch'));
  expect(ways(draft, 'a')).toEqual(['catch-2', 'catch-3']);
  edit(moveBranch(draft, 'a', 'catch-3', -1));
  expect(ways(draft, 'a')).toEqual(['catch-3', 'catch-2']);
  expect(moveBranch(draft, 'a', 'catch-3', -1)).toEqual([]);
  edit(moveBranch(draft, 'a', 'catch-3', 1));
  expect(ways(draft, 'a')).toEqual(['catch-2', 'catch-3']);
  edit(removeBranch(draft, 'a', 'catch-2'));
  expect(ways(draft, 'a')).toEqual(['catch-3']);
});

describe('a branch is moved to another node', () => {
  const inner: DraftNode = {
    id: 'inner',
    kind: 'parallel',
    fields: { title: 'Inner' },
    branches: [way('i1'), way('i2')],
  };
  const draft: Draft = {
    ...EMPTY,
    steps: [
      {
        id: 'all',
        kind: 'parallel',
        fields: { title: 'All' },
        branches: [way('a1', [step('reserve')]), way('a2', [inner]), way('a3')],
      },
      {
        id: 'one',
        kind: 'choice',
        fields: { title: 'One' },
        branches: [
          way('c1', [], { when: 'input.a' }),
          way('c2', [], { when: 'input.b' }),
          { id: 'otherwise', at: 'otherwise', fields: { title: 'Otherwise' }, steps: [] },
        ],
      },
      step('last', [{ id: 'catch-0', at: 'catch', fields: { types: [] }, steps: [] }]),
    ],
  };

  it('[BR1] it keeps its id and its steps, at the place that was chosen, and its inverse takes it back', () => {
    const operations = putBranch(draft, 'all', 'a1', { owner: 'inner', before: 'i2' });
    expect(operations).toHaveLength(1);
    const { draft: moved, inverse } = done(draft, operations);
    expect([ways(moved, 'all'), ways(moved, 'inner')]).toEqual([
      ['a2', 'a3'],
      ['i1', 'a1', 'i2'],
    ]);
    expect(findNode(moved, 'reserve')).toBe(findNode(draft, 'reserve'));
    expect(done(moved, inverse).draft).toEqual(draft);
  });
  it('[BR1] what somebody else put into it meanwhile moves with it', () => {
    const operations = putBranch(draft, 'all', 'a1', { owner: 'inner', before: null });
    const slot = { parent: 'all', branch: 'a1', after: 'reserve', before: null };
    const { draft: theirs } = done(draft, [{ op: 'insert', node: step('new'), slot }]);
    const { draft: both, notes } = done(theirs, operations);
    expect(
      findNode(both, 'inner')!
        .branches.at(-1)!
        .steps.map(({ id }) => id)
    ).toEqual(['reserve', 'new']);
    expect(notes).toEqual([]);
  });
  it('[BR2] in a choice it gets a condition, and loses it where there is none', () => {
    const intoChoice = done(draft, putBranch(draft, 'all', 'a1', { owner: 'one', before: 'c2' }));
    const condition = newNode(draft, 'choice').branches[0]!.fields.when;
    expect(ways(intoChoice.draft, 'one')).toEqual(['c1', 'a1', 'c2', 'otherwise']);
    expect(findNode(intoChoice.draft, 'one')!.branches[1]!.fields).toEqual({ title: 'a1', when: condition });
    const outOf = done(draft, putBranch(draft, 'one', 'c1', { owner: 'all', before: null }));
    expect(findNode(outOf.draft, 'all')!.branches[3]).toEqual(way('c1'));
    for (const { draft: moved, inverse } of [intoChoice, outOf]) expect(done(moved, inverse).draft).toEqual(draft);
  });
  it('[BR2] in its own node only its place changes; where it is, nothing does', () => {
    const put = (before: string | null) => putBranch(draft, 'all', 'a1', { owner: 'all', before });
    expect(ways(done(draft, put('a3')).draft, 'all')).toEqual(['a2', 'a1', 'a3']);
    expect(ways(done(draft, put(null)).draft, 'all')).toEqual(['a2', 'a3', 'a1']);
    expect([put('a1'), put('a2')]).toEqual([[], []]);
  });
  it.each([
    ['itself', 'all', 'a2', 'inner', 'A branch cannot be moved into itself.'],
    ['a step', 'all', 'a1', 'last', "'last' has no branches of this kind."],
    ['out of a node with as few as it may have', 'inner', 'i1', 'all', "'Inner' needs at least 2 branches."],
    ['the last way of a choice', 'one', 'otherwise', 'all', "This branch belongs to 'One' and stays there."],
    ['a handler', 'last', 'catch-0', 'all', 'What handles a failure stays with its step.'],
  ])('[BR3] %s: the reason is given', (_what, parent, id, owner, why) => {
    expect(whyNotBranchIn(draft, parent, id, owner)).toBe(why);
    expect(putBranch(draft, parent, id, { owner, before: null })).toEqual([]);
  });

  const drafts = fc.array(dice, { minLength: 4, maxLength: 30 }).map((all) =>
    all.reduce((now: Draft, numbers: Dice) => {
      const outcome = applyGesture(now, { operations: operationsFrom(now, numbers) });
      return outcome.refusal ? now : outcome.draft;
    }, EMPTY)
  );
  it('[BR3] a place is refused beforehand exactly when the move is refused, and the inverse is exact', () => {
    fc.assert(
      fc.property(drafts, fc.nat(), fc.nat(), (random, which, where) => {
        const nodes = draftNodes(random);
        const all = nodes.flatMap((node) =>
          node.branches.filter(({ at }) => holdOf(node.kind, at) === 'branches').map(({ id }) => [node.id, id] as const)
        );
        if (all.length === 0) return;
        const [parent, id] = all[which % all.length]!;
        const owner = nodes[where % nodes.length]!.id;
        if (owner === parent) return;
        const why = whyNotBranchIn(random, parent, id, owner);
        const outcome = applyGesture(
          { ...random },
          {
            operations: [{ op: 'moveBranch', parent, id, before: null, from: null, to: owner }],
          }
        );
        expect(why === null).toBe(outcome.refusal === null);
        if (why !== null) return;
        const put = done({ ...random }, putBranch({ ...random }, parent, id, { owner, before: null }));
        expect(done(put.draft, put.inverse).draft).toEqual(random);
      }),
      { seed: 7, numRuns: 200 }
    );
  });
});
