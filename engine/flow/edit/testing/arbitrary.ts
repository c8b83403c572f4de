/** Random drafts and random operations on them: valid ones, and some whose places, ids or content are wrong. */
import fc from 'fast-check';
import { NODE_KINDS } from '../../nodes/table';
import { newNode, paste, retitle, toTray, unwrap, wrap } from '../compose';
import { draftNodes, placeOf, sequenceAt, TRAY, type Draft, type DraftNode, type Json } from '../draft';
import type { Gesture, Operation, Slot } from '../operations';
import { slotOf, valueAt } from '../places';

export const EMPTY: Draft = {
  flow: { name: 'drawn', title: 'Drawn', input: { type: 'object' } },
  steps: [],
  tray: [],
};

/**
 * Numbers from which an operation on any draft is made; the same numbers and the same draft give the same operation.
 */
export type Dice = number[];
export const dice: fc.Arbitrary<Dice> = fc.array(fc.nat(1_000_000), { minLength: 8, maxLength: 8 });

const VALUES: Json[] = [
  null,
  true,
  0,
  12.5,
  '',
  'text',
  'reserve',
  [],
  [1, 2],
  {},
  { $expr: 'input.a' },
  { deep: { value: 1 } },
];
const EXPRESSIONS = [
  'input.a',
  'step.id + step2.id',
  'items.filter((step) => step.id)',
  '{ step, other: step2 }',
  '`a ${step.x}`',
];
const TITLES = ['Step', 'Step 2', 'Charge the payment', 'Überweisen', '1', '--'];

export function operationsFrom(draft: Draft, [what = 0, a = 0, b = 0, c = 0, d = 0]: Dice): Operation[] {
  const nodes = draftNodes(draft);
  const node = nodes[a % Math.max(1, nodes.length)];
  const slot = slotFrom(draft, b, c);
  if (!node) return [{ op: 'insert', node: nodeFrom(draft, a, d), slot }];
  switch (what % 14) {
    case 0:
    case 1:
    case 2:
      return [{ op: 'insert', node: nodeFrom(draft, a, d), slot }];
    case 3:
      return [{ op: 'remove', id: node.id, was: node, from: slotOf(draft, node.id) }];
    case 4:
      return [{ op: 'move', id: node.id, slot, from: slotOf(draft, node.id) }];
    case 5:
      return setOf(node, ['note'], VALUES[b % VALUES.length]);
    case 6:
      return setOf(node, [Object.keys(node.fields)[b % 4] ?? 'title'], VALUES[c % VALUES.length]);
    case 7:
      return setOf(node, ['input'], { text: { $expr: EXPRESSIONS[b % EXPRESSIONS.length]! } });
    case 8:
      return [{ op: 'rename', id: node.id, to: ['step', 'step-2', 'other', 'Bad Id', node.id][b % 5]! }];
    case 9: {
      const branch = {
        id: `b-${b % 50}`,
        at: ['branches', 'otherwise', 'catch', 'onReject', 'nowhere'][c % 5]!,
        fields: {},
        steps: [],
      };
      const single = branch.at === 'otherwise' || branch.at === 'onReject';
      return [
        { op: 'addBranch', parent: node.id, branch: single ? { ...branch, id: branch.at } : branch, before: null },
      ];
    }
    case 10: {
      const branch = node.branches[b % Math.max(1, node.branches.length)];
      if (!branch) return toTray(draft, node.id);
      if (c % 2 === 0) return [{ op: 'removeBranch', parent: node.id, id: branch.id, was: branch, before: null }];
      const other = nodes[d % nodes.length]!;
      if (c % 4 === 1)
        return [{ op: 'moveBranch', parent: node.id, id: branch.id, before: null, from: null, to: other.id }];
      return [{ op: 'moveBranch', parent: node.id, id: branch.id, before: node.branches[0]!.id, from: null }];
    }
    case 11:
      return wrap(draft, neighbours(draft, node.id, 1 + (b % 3)), 'parallel');
    case 12:
      return c % 2 === 0 ? unwrap(draft, node.id) : paste(draft, [node], slot);
    default:
      return retitle(draft, node.id, TITLES[b % TITLES.length]!, c % 2 === 0);
  }
}

function neighbours(draft: Draft, id: string, count: number): string[] {
  const place = placeOf(draft, id)!;
  return sequenceAt(draft, place)!
    .slice(place.index, place.index + count)
    .map((each) => each.id);
}
function setOf(node: DraftNode, path: string[], value: Json | undefined): Operation[] {
  const was = valueAt(node.fields, path);
  return [
    {
      op: 'set',
      target: { node: node.id },
      path,
      ...(value === undefined ? {} : { value }),
      ...(was === undefined ? {} : { was }),
    },
  ];
}
function nodeFrom(draft: Draft, kind: number, title: number): DraftNode {
  const node = newNode(draft, NODE_KINDS[kind % NODE_KINDS.length]!, TITLES[title % TITLES.length]);
  return title % 9 === 0 ? { ...node, id: 'Not An Id' } : node;
}
function slotFrom(draft: Draft, where: number, index: number): Slot {
  const places = [
    { parent: null, branch: null },
    TRAY,
    { parent: 'gone', branch: 'gone' },
    ...draftNodes(draft).flatMap((node) => node.branches.map((branch) => ({ parent: node.id, branch: branch.id }))),
  ];
  const place = places[where % places.length]!;
  const steps = sequenceAt(draft, place) ?? [];
  const at = index % (steps.length + 1);
  return { ...place, after: steps[at - 1]?.id ?? null, before: steps[at]?.id ?? null };
}

/** A draft after some random operations; those that are refused change nothing. */
export const gestureFrom = (draft: Draft, numbers: Dice, tab: string, base: number, count: number): Gesture => ({
  id: `${tab}-${count}`,
  tab,
  base,
  operations: operationsFrom(draft, numbers),
});
