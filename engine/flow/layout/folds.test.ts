/**
 * [FOL4] With any folds every node is drawn once, or hidden by one card. No two boxes overlap, and the drawing has the
 *        same end.
 * [FOL5] The keyboard reaches every card that is drawn, and nothing else.
 * [FOL6] Without the folds around a node, the node is drawn.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowNode } from '../document';
import { sequencesIn } from '../branches';
import { cardAt, foldFor, foldsAround, isFoldable, stretchKey, unitsOf } from './folds';
import { layoutFlow } from './layout';
import { structureOf, type Structure } from './structure';
import { boxes, idsOf, named, nodesOf, overlap, tree } from './testing/tree';

const RUNS = { numRuns: 30 };

const foldedTree = tree.chain((steps) => {
  const ids = idsOf(steps);
  if (ids.length === 0) return fc.constant({ steps, folded: new Set<string>() });
  const id = fc.constantFrom(...ids);
  const key = fc.oneof(
    id,
    fc.tuple(id, id).map(([first, last]) => stretchKey(first, last)),
    fc.constantFrom(...neighboursIn(steps).concat('gone', 'gone..too'))
  );
  return fc.uniqueArray(key, { maxLength: 6 }).map((keys) => ({ steps, folded: new Set(keys) }));
});
function neighboursIn(steps: readonly FlowNode[]): string[] {
  const own = steps.slice(1).map((node, index) => stretchKey(steps[Math.max(0, index - 1)]!.id, node.id));
  return [...own, ...steps.flatMap((node) => sequencesIn(node).flatMap((inner) => neighboursIn(inner.steps)))];
}

describe.each(['down', 'sideways'] as const)('folds of a drawing, %s', (direction) => {
  it('[FOL4] every node is drawn once or hidden by one card, on free ground', () => {
    fc.assert(
      fc.property(foldedTree, fc.boolean(), ({ steps, folded }, edited) => {
        const layout = layoutFlow({ steps }, direction, { edited, folded });
        const heads = [
          ...layout.cards.map(({ id }) => id),
          ...layout.frames.map(({ id }) => id),
          ...layout.diamonds.filter(({ role }) => role === 'choice').map(({ id }) => id),
          ...layout.bars.filter(({ role }) => role === 'fork').map(({ id }) => id),
          ...layout.folds.flatMap(({ inside }) => inside),
        ];
        expect(heads.sort()).toEqual(idsOf(steps).sort());
        expect(new Set(layout.threads.map(({ id }) => id)).size).toBe(layout.threads.length);
        const all = boxes(layout);
        for (const [index, box] of all.entries())
          for (const other of all.slice(index + 1))
            if (overlap(box, other)) throw new Error(`${box.what} overlaps ${other.what}`);
        const plain = layoutFlow({ steps }, direction, { edited });
        expect(layout.caps.end === null).toBe(plain.caps.end === null);
      }),
      RUNS
    );
  });
  it('[FOL5] the keyboard reaches every card that is drawn, and nothing else', () => {
    fc.assert(
      fc.property(foldedTree, ({ steps, folded }) => {
        const layout = layoutFlow({ steps }, direction, { folded });
        const drawn = [...layout.cards, ...layout.frames, ...layout.folds, ...layout.bars, ...layout.diamonds];
        const structure = structureOf({ steps }, folded);
        expect([...structure.order].sort()).toEqual([...new Set(drawn.map(({ id }) => id))].sort());
        expect(reached(structure).sort()).toEqual([...structure.order].sort());
      }),
      RUNS
    );
  });
});

function reached({ order: [first], neighbours }: Structure): string[] {
  const seen = new Set(first === undefined ? [] : [first]);
  for (const id of seen) for (const next of Object.values(neighbours[id] ?? {})) seen.add(next);
  return [...seen];
}

it('[FOL6] without the folds around a node, the node is drawn', () => {
  fc.assert(
    fc.property(foldedTree, fc.nat(), ({ steps, folded }, pick) => {
      const ids = idsOf(steps);
      const id = ids[pick % Math.max(1, ids.length)];
      if (id === undefined) return;
      const around = foldsAround(steps, folded, id);
      const open = new Set([...folded].filter((key) => !around.includes(key)));
      const hides = layoutFlow({ steps }, 'down', { folded: open }).folds.filter(({ inside }) => inside.includes(id));
      expect(hides.every(({ key }) => key === id)).toBe(true);
      if (around.length === 0) {
        const before = layoutFlow({ steps }, 'down', { folded }).folds.find(({ inside }) => inside.includes(id));
        expect(before === undefined || before.key === id).toBe(true);
      }
    }),
    RUNS
  );
});

const step = (id: string, pivot = false): FlowNode =>
  ({ id, kind: 'action', title: id, activity: 'a', input: {}, ...(pivot ? { pivot } : {}) }) as FlowNode;
const group = (id: string, steps: FlowNode[]): FlowNode => ({ id, kind: 'group', title: id, steps }) as FlowNode;

describe('what is folded', () => {
  const steps = [step('a'), step('b'), group('g', [step('c')]), step('d'), step('e', true), step('f'), step('h')];
  const keyOf = (...ids: string[]) => foldFor(steps, ids).key;

  it('[FOL1] a node with parts is folded itself; a step without parts with the steps around it', () => {
    expect(keyOf('g')).toBe('g');
    expect(keyOf('a')).toBe('a..b');
    expect(keyOf('b')).toBe('a..b');
    expect(keyOf('c')).toBe(null);
    expect(keyOf('b', 'g', 'd')).toBe('b..d');
    expect(keyOf('a', 'g')).toBe(null);
    expect(keyOf('gone')).toBe(null);
  });
  it('[FOL2] a point of no return ends a stretch, and what is not there is not folded', () => {
    expect(keyOf('d')).toBe('d..e');
    expect(keyOf('f')).toBe('f..h');
    expect(foldFor(steps, ['d', 'e', 'f']).whyNot).toBe('A point of no return in the middle would be hidden.');
    for (const key of ['d..f', 'gone', 'a..gone', 'b..a', 'a..c', 'a..a', 'a'])
      expect(unitsOf(steps, new Set([key])).every(({ fold }) => fold === null)).toBe(true);
  });
  it('[FOL3] the card is known by its first node, and what follows it by its last', () => {
    const folded = new Set(['a..d']);
    const { folds, slots } = layoutFlow({ steps }, 'down', { edited: true, folded });
    expect(folds).toMatchObject([
      { key: 'a..d', id: 'a', nodes: ['a', 'b', 'g', 'd'], inside: ['a', 'b', 'g', 'c', 'd'] },
    ]);
    expect(slots.map(({ after, before }) => `${after} ${before}`)).toEqual(['null a', 'd e', 'e f', 'f h', 'h null']);
    expect(cardAt(steps, folded, 'a')).toEqual(['a', 'b', 'g', 'd']);
    expect(cardAt(steps, folded, 'e')).toEqual(['e']);
  });
  it('the point of no return and the way back are as without folds', () => {
    const undone = { ...step('a'), undo: { title: 'u', activity: 'u', input: {}, armed: 'completed' } } as FlowNode;
    const flow = named([undone, group('x', [undone]), step('b', true), step('c')]);
    const layout = layoutFlow({ steps: flow }, 'down', { folded: new Set([flow[1]!.id]) });
    expect(nodesOf(flow).filter(isFoldable)).toHaveLength(1);
    expect(layout.pivots.map(({ id }) => id)).toEqual([flow[2]!.id]);
    expect(layout.summaries).toMatchObject([{ owner: flow[1]!.id, steps: ['n2'] }]);
    expect(layout.threads.filter(({ kind }) => kind === 'back')).toHaveLength(1);
  });
});
