import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowNode } from '../document';
import { sequencesIn } from '../branches';
import { BACK_OFFSET, DOWN, layoutFlow, SIDEWAYS, type Box, type CardBox, type FlowLayout } from './layout';
import type { Point } from './path';
import { structureOf } from './structure';
import { orderDocument } from '../../run-view/testing/order';
import { nestedSteps } from '../tree';
import { boxes, idsOf, named, nodesOf, overlap, tree } from './testing/tree';

const stepsOfFrame = (node: FlowNode) =>
  node.kind === 'group' || node.kind === 'each' || node.kind === 'repeat' ? node.steps : [];
const headOf = (layout: FlowLayout, id: string) =>
  layout.cards.find((box) => box.id === id) ??
  layout.frames.find((box) => box.id === id) ??
  layout.diamonds.find((box) => box.id === id && box.role === 'choice') ??
  layout.bars.find((box) => box.id === id && box.role === 'fork');

const RUNS = 100;
const MOST_RUNS = 400;
/** Drawn once for all rules: to draw a tree takes longer than to lay it out. */
const trees = fc.sample(tree, MOST_RUNS);

/** The rule holds for every tree. One that breaks it is made as small as possible. */
function forTrees(rule: (steps: FlowNode[]) => void, numRuns = RUNS): void {
  for (const steps of trees.slice(0, numRuns)) {
    try {
      rule(steps);
    } catch (error) {
      fc.assert(fc.property(tree, rule), { numRuns });
      throw error;
    }
  }
}
/** In loops over all boxes of all trees, `expect` takes most of the time. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

describe.each([
  ['down', false],
  ['down', true],
  ['sideways', false],
  ['sideways', true],
] as const)('layout of a flow, %s, edited: %s', (direction, edited) => {
  /* In half of the trees that are drawn downward, all branches are below each other. */
  const stackedIn = (steps: FlowNode[]) => new Set(idsOf(steps.slice(0, 1)).length % 2 === 0 ? idsOf(steps) : []);
  const layoutOf = (steps: FlowNode[]) => layoutFlow({ steps }, direction, { edited, stacked: stackedIn(steps) });

  it('[LA1] no two boxes overlap', () => {
    forTrees((steps) => {
      const all = boxes(layoutOf(steps)).sort((a, b) => a.y - b.y);
      all.forEach((box, index) => {
        for (let other = index + 1; other < all.length && all[other]!.y < box.y + box.height; other++)
          if (overlap(box, all[other]!)) throw new Error(`${box.what} overlaps ${all[other]!.what}`);
      });
    }, MOST_RUNS);
  });
  it('[LA2] siblings keep their order along the thread, and branches are across it or below each other', () => {
    forTrees((steps) => {
      const layout = layoutOf(steps);
      const { gap } = direction === 'down' ? DOWN : SIDEWAYS;
      const along = (box: Box) => (direction === 'down' ? [box.y, box.height] : [box.x, box.width]) as [number, number];
      const check = (each: readonly FlowNode[]) => {
        each.forEach((node, index) => {
          const [here, length] = along(headOf(layout, node.id)!);
          const next = each[index + 1] && headOf(layout, each[index + 1]!.id);
          if (next) expect(along(next)[0]).toBeGreaterThanOrEqual(here + length + gap);
          const firsts = sequencesIn(node)
            .filter(({ role }) => role === 'branch')
            .flatMap((branch) => (branch.steps[0] ? [headOf(layout, branch.steps[0].id)!] : []));
          firsts.slice(1).forEach((box, at) => {
            const before = firsts[at]!;
            if (direction === 'sideways') expect(box.y).toBeGreaterThan(before.y);
            else expect(box.x > before.x || box.y > before.y).toBe(true);
          });
          nestedSteps(node).forEach(check);
        });
      };
      check(steps);
    });
  });
  it('[LA3] every node has exactly one place, and every branch is listed', () => {
    forTrees((steps) => {
      const layout = layoutOf(steps);
      const heads = [
        ...layout.cards.map((box) => box.id),
        ...layout.frames.map((box) => box.id),
        ...layout.diamonds.filter((box) => box.role === 'choice').map((box) => box.id),
        ...layout.bars.filter((box) => box.role === 'fork').map((box) => box.id),
      ];
      expect(heads.sort()).toEqual(idsOf(steps).sort());
      expect(new Set(layout.threads.map((thread) => thread.id)).size).toBe(layout.threads.length);
      expect(layout.branches.map(({ key }) => key).sort()).toEqual(branchKeysOf(steps).sort());
      expect(structureOf({ steps }).order).toHaveLength(heads.length);
    });
  });
  it('[LA4] the same tree gives the same layout, and a step added at the end moves no earlier step', () => {
    forTrees((steps) => {
      const layout = layoutOf(steps);
      expect(layoutOf(structuredClone(steps))).toEqual(layout);
      const added: FlowNode = { id: 'added', title: 'Added', kind: 'set', values: {} };
      const after = layoutOf([...steps, added]);
      expect(after.cards.filter((box) => box.id !== 'added')).toEqual(layout.cards);
      expect(after.bars).toEqual(layout.bars);
      expect(after.summaries).toEqual(layout.summaries);
    });
  });
  it('[LA5] everything lies within the bounds, threads included', () => {
    forTrees((steps) => {
      const layout = layoutOf(steps);
      const { bounds } = layout;
      for (const box of boxes(layout).filter((each) => !each.what.startsWith('label'))) {
        const across = box.x >= bounds.x && box.x + box.width <= bounds.x + bounds.width;
        const along = box.y >= bounds.y && box.y + box.height <= bounds.y + bounds.height;
        must(across && along, `${box.what} is outside`);
      }
    });
  });
  it('[LA6] threads cross no card except those that they connect', () => {
    forTrees((steps) => {
      const layout = layoutOf(steps);
      for (const thread of layout.threads) {
        if (thread.kind === 'back') continue;
        for (const [from, to] of legsOf(thread.path))
          for (const card of layout.cards) {
            const face = faceOf(card, direction);
            if (crosses(from, to, face)) throw new Error(`${thread.id} runs through ${card.id}`);
          }
      }
    });
  });
  it('[LA10] a frame contains everything inside its node and nothing else', () => {
    forTrees((steps) => {
      const layout = layoutOf(steps);
      const inside = new Map(nodesOf(steps).map((node) => [node.id, new Set(idsOf(stepsOfFrame(node)))]));
      const cards = [...layout.cards, ...layout.frames];
      for (const frame of layout.frames)
        for (const box of cards)
          if (inside.get(frame.id)!.has(box.id)) {
            const across = box.x > frame.x && box.x + box.width < frame.x + frame.width;
            const along = box.y >= frame.y + frame.header && box.y + box.height < frame.y + frame.height;
            must(across && along, `${box.id} is not inside ${frame.id}`);
          } else if (box.id !== frame.id && !inside.get(box.id)?.has(frame.id))
            must(!overlap(box, frame), `${box.id} is on ${frame.id}`);
    });
  });
  it('[LA13] an edited drawing has a slot before, between and after the nodes of every sequence, on free ground', () => {
    forTrees((steps) => {
      const layout = layoutOf(steps);
      if (!edited) {
        expect(layout.slots).toEqual([]);
        return;
      }
      const wanted: string[] = [];
      const visit = (nodes: readonly FlowNode[], key: string | null) => {
        nodes.forEach((node, index) => {
          wanted.push(`${key}: ${nodes[index - 1]?.id ?? null} > ${node.id}`);
          for (const inner of sequencesIn(node)) visit(inner.steps, inner.key);
        });
        wanted.push(`${key}: ${nodes.at(-1)?.id ?? null} > null`);
      };
      visit(steps, null);
      const found = layout.slots.map(({ branch, after, before }) => `${branch}: ${after} > ${before}`);
      const open = new Set(found);
      expect(found.length).toBe(open.size);
      const known = new Set(wanted);
      for (const each of found) must(known.has(each), `a slot ${each} is not wanted`);
      for (const each of wanted)
        if (!each.endsWith('> null') || each.includes('null > null')) must(open.has(each), `no slot ${each}`);
      for (const { at } of layout.slots)
        for (const card of layout.cards)
          if (overlap({ x: at.x - 8, y: at.y - 8, width: 16, height: 16 }, card))
            throw new Error(`a slot is on ${card.id}`);
      expect(new Set(layout.slots.map(({ at }) => `${at.x},${at.y}`)).size).toBe(layout.slots.length);
    });
  });
  it('[LA8] there is no back thread if there is nothing to undo', () => {
    const steps = named([
      { id: 'x', title: 'A', kind: 'set', values: {} },
      { id: 'y', title: 'B', kind: 'set', values: {} },
    ]);
    const layout = layoutOf(steps);
    expect(layout.threads.some((thread) => thread.kind === 'back')).toBe(false);
    expect(layout.summaries).toEqual([]);
  });
  it('[LA9] the time for a layout grows linearly with the length of the flow', () => {
    const flow = (times: number) => named(Array.from({ length: times }, () => orderDocument.steps.slice(0, 4)).flat());
    const count = (steps: FlowNode[]) => {
      const { cards, threads, labels } = layoutOf(steps);
      return cards.length + threads.length + labels.length;
    };
    expect(idsOf(flow(72)).length).toBeGreaterThan(500);
    expect(count(flow(72))).toBeLessThan(73 * count(flow(1)));
  });
});

describe('the way back, sideways', () => {
  it('[LA7] the back thread runs through the linings of its sequence and begins at the pivot', () => {
    const layout = layoutFlow(orderDocument, 'sideways');
    const back = layout.threads.find((thread) => thread.kind === 'back' && thread.branch === null)!;
    const pivot = layout.pivots[0]!;
    expect(pivot.id).toBe('hand-over');
    expect(back.path.startsWith(`M${pivot.cap!.x} ${BACK_OFFSET}L`)).toBe(true);
    const furthest = Math.max(...[...back.path.matchAll(/[ML](-?[\d.]+) /g)].map((match) => Number(match[1])));
    expect(furthest).toBe(pivot.cap!.x);
  });
});

describe('the way back, downward', () => {
  const layout = layoutFlow(orderDocument, 'down');
  const card = (id: string) => layout.cards.find((box) => box.id === id)!;

  it('[DL1] one back thread begins at the pivot and leads up to the first step that is undone', () => {
    const threads = layout.threads.filter((thread) => thread.kind === 'back');
    expect(threads.map(({ branch }) => branch)).toEqual([null]);
    const cap = layout.pivots[0]!.cap!;
    const points = legsOf(threads[0]!.path).flat();
    expect(points[0]).toEqual(cap);
    const first = card('reserve-inventory');
    expect(points.at(-1)!.y).toBe(first.y + first.height / 2);
    const heights = points.map(({ y }) => y);
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
  });
  it('[DL2] linings of the outermost sequence are in one column, those inside a fork under their faces', () => {
    expect(card('reserve-inventory')).toMatchObject({ lining: 'beside', width: 408, height: 64 });
    expect(card('charge-payment').x).toBe(card('reserve-inventory').x);
    expect(card('create-shipment')).toMatchObject({ lining: 'below', width: 240, height: 88 });
  });
  it('[DL3] a fork that contains undos has one cell in the right column, beside its whole content', () => {
    const [cell, ...others] = layout.summaries;
    expect(others).toEqual([]);
    expect(cell).toMatchObject({ owner: 'fulfil', steps: ['create-shipment', 'book-invoice'] });
    const join = layout.bars.find(({ id, role }) => id === 'fulfil' && role === 'join')!;
    expect(cell!.x).toBeGreaterThan(join.x + join.width);
  });
  it('[DL4] up to three branches are side by side; four, or those of a fork in a fork, are stacked', () => {
    const step = (id: string): FlowNode => ({ id, title: id, kind: 'set', values: {} });
    const fork = (id: string, count: number, steps: (index: number) => FlowNode[]): FlowNode => ({
      id,
      title: id,
      kind: 'parallel',
      unwind: 'reverse',
      branches: Array.from({ length: count }, (_, index) => ({ id: `${id}-${index}`, title: id, steps: steps(index) })),
    });
    const at = (steps: FlowNode[], id: string) => layoutFlow({ steps }, 'down').cards.find((box) => box.id === id)!;
    const three = [fork('f', 3, (index) => [step(`s${index}`)])];
    expect(new Set([0, 1, 2].map((index) => at(three, `s${index}`).y)).size).toBe(1);
    const four = [fork('f', 4, (index) => [step(`s${index}`)])];
    expect(new Set([0, 1, 2, 3].map((index) => at(four, `s${index}`).x))).toEqual(new Set([24 - 120]));
    const nested = [fork('f', 2, (index) => [fork(`g${index}`, 2, (inner) => [step(`s${index}${inner}`)])])];
    expect(at(nested, 's01').x).toBe(at(nested, 's00').x);
    expect(at(nested, 's01').y).toBeGreaterThan(at(nested, 's00').y);
  });
  it('[DL5] a failure handler is to the left of its scope', () => {
    expect(card('note-failure').x + card('note-failure').width).toBeLessThan(card('send-confirmation').x);
  });
});

function branchKeysOf(steps: readonly FlowNode[]): string[] {
  return steps.flatMap((node) => sequencesIn(node).flatMap((inner) => [inner.key, ...branchKeysOf(inner.steps)]));
}
/** The corners of a path, without its rounding. */
function legsOf(path: string): [Point, Point][] {
  const points = [
    ...path.replace(/L[^LMQ]*Q([-\d.]+ [-\d.]+) [-\d.]+ [-\d.]+/g, 'L$1').matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g),
  ].map((match): Point => ({ x: Number(match[1]), y: Number(match[2]) }));
  return points.slice(1).map((point, index) => [points[index]!, point]);
}
function faceOf(card: CardBox, direction: 'down' | 'sideways'): Box {
  const { x, y } = card;
  return direction === 'down'
    ? { x, y, width: DOWN.faceWidth, height: DOWN.face }
    : { x, y, width: card.width, height: SIDEWAYS.face };
}
/** Does a leg run through the inside of a box? */
function crosses(from: Point, to: Point, box: Box): boolean {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  return left < box.x + box.width && right > box.x && top < box.y + box.height && bottom > box.y;
}

describe('the arrow keys', () => {
  const { order, neighbours } = structureOf(orderDocument);
  it('[LL1] right moves along the thread, into a branch and out of it', () => {
    const way = ['reserve-inventory'];
    for (let next = neighbours[way[0]!]!.right; next; next = neighbours[next]!.right) way.push(next);
    expect(way).toEqual([
      'reserve-inventory',
      'large-order',
      'approve-order',
      'charge-payment',
      'fulfil',
      'create-shipment',
      'hand-over',
      'send-confirmation',
      'finished',
    ]);
  });
  it('[LL2] left reverses right along one branch', () => {
    expect(neighbours['charge-payment']!.left).toBe('approve-order');
    expect(neighbours['approve-order']!.left).toBe('large-order');
    expect(neighbours['hand-over']!.left).toBe('create-shipment');
  });
  it('[LL3] up and down move between branches and to failure handlers', () => {
    expect(neighbours['create-shipment']!.down).toBe('book-invoice');
    expect(neighbours['settle']!.up).toBe('create-shipment');
    expect(neighbours['send-confirmation']!.up).toBe('note-failure');
    expect(neighbours['note-failure']!.down).toBe('send-confirmation');
  });
  it('[LL4] arrows can reach every node from the first one', () => {
    forTrees((steps) => {
      if (steps.length === 0) return;
      const structure = structureOf({ steps });
      const seen = new Set<string>();
      const queue = [steps[0]!.id];
      for (let id = queue.pop(); id; id = queue.pop()) {
        if (seen.has(id)) continue;
        seen.add(id);
        queue.push(...Object.values(structure.neighbours[id] ?? {}));
      }
      expect([...seen].sort()).toEqual([...structure.order].sort());
    });
    expect(new Set(order).size).toBe(order.length);
  });
});
