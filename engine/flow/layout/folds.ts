/**
 * Folds: parts of a flow that are drawn as one card. A fold is a view of somebody: it is not in the document, and what
 * it names may be gone by now.
 *
 * Rules
 * [FOL1] A fold has a key: the id of a node whose branches and handlers are hidden, or `first..last`, the ids of the
 *       ends of a stretch of neighbours in one sequence.
 * [FOL2] A key that names nothing in the flow, or a stretch that would hide a point of no return within a sequence, has
 *        no effect.
 * [FOL3] The card of a fold takes the place of its first node: the keyboard, threads and slots know it by that id, and
 *       what follows it by the id of its last node.
 */
import { sequencesIn } from '../branches';
import { factsOf, type FlowNode } from '../nodes/table';
import { allNodes } from '../tree';

export type Folded = ReadonlySet<string>;
export const NO_FOLDS: Folded = new Set();

/** What is drawn as one piece of a sequence: a node, or what a fold hides. */
export interface Unit {
  nodes: readonly FlowNode[];
  first: FlowNode;
  last: FlowNode;
  /** The key of the fold; null: the node is drawn with all that is inside it. */
  fold: string | null;
}

/** With fewer steps a stretch is no longer than its card. */
export const SHORTEST_STRETCH = 2;
const BETWEEN = '..';

export const stretchKey = (first: string, last: string): string => `${first}${BETWEEN}${last}`;
const endsOf = (key: string): [first: string, last: string] | null => {
  const [first, last] = key.split(BETWEEN);
  return first !== undefined && last !== undefined ? [first, last] : null;
};

/** Has it parts that can be hidden? */
export const isFoldable = (node: FlowNode): boolean => sequencesIn(node).length > 0;

export function unitsOf(steps: readonly FlowNode[], folded: Folded): Unit[] {
  const stretches = folded.size === 0 ? NO_STRETCHES : stretchesIn(steps, folded);
  const units: Unit[] = [];
  for (let index = 0; index < steps.length; index++) {
    const first = steps[index]!;
    const end = stretches.get(index);
    if (end === undefined) {
      const fold = folded.has(first.id) && isFoldable(first) ? first.id : null;
      units.push({ nodes: [first], first, last: first, fold });
      continue;
    }
    const last = steps[end]!;
    units.push({ nodes: steps.slice(index, end + 1), first, last, fold: stretchKey(first.id, last.id) });
    index = end;
  }
  return units;
}
const NO_STRETCHES: ReadonlyMap<number, number> = new Map();

/**
 * From the place of the first node of each stretch to that of its last one. Of several with the same start the longest
 * counts.
 */
function stretchesIn(steps: readonly FlowNode[], folded: Folded): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const key of folded) {
    const ends = endsOf(key);
    if (!ends) continue;
    const from = steps.findIndex(({ id }) => id === ends[0]);
    const to = from < 0 ? -1 : steps.findIndex(({ id }) => id === ends[1]);
    if (to < from + SHORTEST_STRETCH - 1 || !mayFold(steps.slice(from, to + 1))) continue;
    found.set(from, Math.max(found.get(from) ?? -1, to));
  }
  return found;
}

/** [FOL2] The line of a pivot is drawn behind its step, so only the last one of a stretch can be a pivot. */
export const mayFold = (nodes: readonly FlowNode[]): boolean =>
  nodes.length >= SHORTEST_STRETCH && !nodes.slice(0, -1).some((node) => factsOf(node).step(node)?.pivot);

/**
 * The neighbours of a step that can be hidden with it: steps without parts, up to a point of no return. Null: it has
 * none.
 */
export function stretchAround(steps: readonly FlowNode[], id: string): string | null {
  const at = steps.findIndex((node) => node.id === id);
  const isPlain = (node: FlowNode | undefined) => node !== undefined && !isFoldable(node) && !factsOf(node).ends;
  const isPivot = (node: FlowNode | undefined) => node !== undefined && factsOf(node).step(node)?.pivot === true;
  if (at < 0 || !isPlain(steps[at])) return null;
  let from = at;
  let to = at;
  while (isPlain(steps[from - 1]) && !isPivot(steps[from - 1])) from--;
  while (!isPivot(steps[to]) && isPlain(steps[to + 1])) to++;
  return to - from + 1 >= SHORTEST_STRETCH ? stretchKey(steps[from]!.id, steps[to]!.id) : null;
}

/**
 * The folds that hide a node, from the outermost in. The head of a node that is folded is seen; that of a stretch is
 * not.
 */
export function foldsAround(steps: readonly FlowNode[], folded: Folded, id: string): string[] {
  if (folded.size === 0) return [];
  for (const { nodes, first, fold } of unitsOf(steps, folded)) {
    const isHead = nodes.length === 1 && first.id === id;
    if (isHead) return [];
    for (const node of nodes) {
      if (node.id === id) return fold === null ? [] : [fold];
      if (!sequencesIn(node).some((inner) => allNodes(inner.steps).some((each) => each.id === id))) continue;
      // A node that is folded itself may be inside a stretch.
      const own = folded.has(node.id) && fold !== node.id ? [node.id] : [];
      const deeper = sequencesIn(node).flatMap((inner) => foldsAround(inner.steps, folded, id));
      return [...(fold === null ? [] : [fold]), ...own, ...deeper];
    }
  }
  return [];
}

/** Every node that has parts, in reading order: what 'Fold all' folds. */
export const foldableIn = (steps: readonly FlowNode[]): string[] =>
  allNodes(steps)
    .filter(isFoldable)
    .map(({ id }) => id);

/** The sequence that contains a node; null: none does. */
function sequenceWith(steps: readonly FlowNode[], id: string): readonly FlowNode[] | null {
  if (steps.some((node) => node.id === id)) return steps;
  for (const node of steps)
    for (const inner of sequencesIn(node)) {
      const found = sequenceWith(inner.steps, id);
      if (found) return found;
    }
  return null;
}

export type FoldChoice = { key: string; first: string; whyNot: null } | { key: null; whyNot: string };

/**
 * What is folded for a selection: one node with parts, the steps around one without parts, or neighbours, in reading
 * order.
 */
export function foldFor(steps: readonly FlowNode[], ids: readonly string[]): FoldChoice {
  const refuse = (whyNot: string): FoldChoice => ({ key: null, whyNot });
  const [first] = ids;
  const sequence = first === undefined ? null : sequenceWith(steps, first);
  if (first === undefined || !sequence) return refuse('Select a step first.');
  const at = sequence.findIndex(({ id }) => id === first);
  if (ids.length === 1) {
    if (isFoldable(sequence[at]!)) return { key: first, first, whyNot: null };
    const key = stretchAround(sequence, first);
    return key === null
      ? refuse('There is no other step beside it to fold with it.')
      : { key, first: endsOf(key)![0], whyNot: null };
  }
  const nodes = sequence.slice(at, at + ids.length);
  if (nodes.length !== ids.length || nodes.some(({ id }) => !ids.includes(id)))
    return refuse('Select steps that follow each other.');
  if (!mayFold(nodes)) return refuse('A point of no return in the middle would be hidden.');
  return { key: stretchKey(first, nodes.at(-1)!.id), first, whyNot: null };
}

/** The nodes that the card of a fold takes the place of, by its first one; the node alone if it is not folded. */
export function cardAt(steps: readonly FlowNode[], folded: Folded, id: string): string[] {
  if (folded.size === 0) return [id];
  const unit = unitsOf(sequenceWith(steps, id) ?? [], folded).find(({ first }) => first.id === id);
  return unit ? unit.nodes.map((node) => node.id) : [id];
}

/** Is this the first node of something that is drawn as one card? */
export function isFolded(steps: readonly FlowNode[], folded: Folded, id: string): boolean {
  if (folded.size === 0) return false;
  return unitsOf(sequenceWith(steps, id) ?? [], folded).some(({ first, fold }) => first.id === id && fold !== null);
}
