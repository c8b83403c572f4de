/**
 * 'What if this fails?': what the saga would undo, in which order, what stays, and what never started. A pure reading of
 * the tree at design time; it promises nothing about outcomes that are only known at run time and says so (`certain`).
 *
 * Rules
 * [W1] Undoing runs in reverse order of arming, from the failing step to the start of the scope.
 * [W2] Steps of parallel branches share a number and get a letter: 2a, 2b. Steps of exclusive branches share a number.
 * [W3] An effect without an undo, or one for good, stays.
 * [W4] Behind the pivot of its scope a step is retried until done; nothing is undone. At the pivot everything before it is.
 * [W5] A catch of every failure ends the unwinding at its scope; with 'keep' nothing is undone. A typed catch may.
 * [W7] What cannot have been passed is not painted: a branch, a handler or an answer after which the flow ends or fails for ever, and
 *      a way that passes the point of no return, since nothing is undone then.
 * [W6] An undo that is armed on attempt belongs to a failing step too, and comes first.
 */
import type { Effect } from './activity-options';
import type { FlowDocument } from './document';
import type { Catch } from './nodes/fields';
import type { SagaStep } from './nodes/step';
import type { FlowNode } from './nodes/table';
import { pivotPlaces, surelyPasses } from './pivots';
import { alwaysEnds, catchesOf, nestedSteps } from './tree';

export type WhatIfRole = 'fails' | 'undone' | 'stays' | 'ran' | 'handles' | 'neverStarted';
export interface WhatIf {
  nodeId: string;
  outcome: 'unwinds' | 'retriesForward' | 'caught' | 'cannotFail';
  nodes: Record<string, { role: WhatIfRole; order: string | null }>;
  undone: number;
  stays: number;
  /** False where the way taken, or a typed catch, decides at run time. */
  certain: boolean;
  sentence: string;
}

/** Number and, in parallel branches, a letter. */
interface Undo {
  id: string;
  lane: string;
}
type Groups = Undo[][];
interface Frame {
  steps: readonly FlowNode[];
  index: number;
  node: FlowNode;
  /** The sequence is one of several parallel branches of `owner`, this one of them. */
  owner: FlowNode | null;
  branch: number;
}

export function whatIf(
  document: Pick<FlowDocument, 'steps'>,
  nodeId: string,
  effectOf: (step: SagaStep) => Effect = (node) => node.effect ?? (node.undo ? 'reversible' : 'none')
): WhatIf | null {
  const frames = find(document.steps, nodeId, null, 0);
  const failing = frames?.at(-1);
  if (!frames || !failing) return null;
  const nodes: WhatIf['nodes'] = {};
  every(document.steps, (node) => (nodes[node.id] = { role: 'neverStarted', order: null }));
  let certain = true;
  const mark = (id: string, role: WhatIfRole, order: string | null = null) => (nodes[id] = { role, order });

  /** What a step that had run would do on the way back. */
  const unwindNode = (node: FlowNode): Groups => {
    const handlers = catchesOf(node)
      .filter(({ then }) => leadsOn(then))
      .map((each) => unwindSteps(each.then));
    const own = unwindBare({ ...node, catch: undefined } as FlowNode);
    if (handlers.every((groups) => groups.length === 0)) return own;
    certain = false;
    return exclusive([own, ...handlers]);
  };
  const unwindBare = (node: FlowNode): Groups => {
    if (node.kind === 'action') {
      const effect = effectOf(node);
      if (effect === 'none') mark(node.id, 'ran');
      else if (effect === 'reversible' && node.undo) return (mark(node.id, 'undone'), [[{ id: node.id, lane: '' }]]);
      else mark(node.id, 'stays');
      return [];
    }
    mark(node.id, 'ran');
    if (node.kind === 'parallel') return together(node.branches.map((branch) => unwindSteps(branch.steps)));
    const inner = nestedSteps(node).filter(leadsOn);
    if (inner.some((steps) => steps.some((step) => step.kind === 'action' && effectOf(step) !== 'none')))
      certain = false;
    return exclusive(inner.map(unwindSteps));
  };
  /** In a branch beside, or in what a handler was called for: the flow may have stopped anywhere in it. */
  let partly = false;
  const inPart = (part: () => Groups): Groups => {
    const before = partly;
    partly = true;
    const groups = part();
    partly = before;
    return groups;
  };
  /** [W7] Can the flow have come through these steps, with something left to undo? */
  const leadsOn = (steps: readonly FlowNode[]): boolean => {
    if (partly) return true;
    if (alwaysEnds(steps)) return false;
    if (!surelyPasses(steps)) return true;
    certain = false;
    return false;
  };
  const unwindSteps = (steps: readonly FlowNode[]): Groups => [...steps].reverse().flatMap(unwindNode);

  const settled = new Set(['set', 'wait']);
  const result = (outcome: WhatIf['outcome'], groups: Groups, more: string): WhatIf => {
    number(groups, nodes);
    mark(nodeId, nodes[nodeId]!.role === 'undone' ? 'undone' : 'fails', nodes[nodeId]!.order);
    const values = Object.values(nodes);
    const undone = values.filter((each) => each.role === 'undone').length;
    const stays = values.filter((each) => each.role === 'stays').length;
    return { nodeId, outcome, nodes, undone, stays, certain, sentence: more };
  };
  const title = failing.node.title;
  if (settled.has(failing.node.kind) || failing.node.kind === 'end') {
    return result('cannotFail', [], `'${title}' has nothing that can fail.`);
  }

  // One truth for validation, compiler and preview: whatever path leads here has passed the point of no return.
  const place = pivotPlaces(document.steps).get(nodeId);
  if (place === 'maybe') certain = false;

  const groups: Groups = [];
  if (failing.node.kind === 'action' && failing.node.undo?.armed === 'attempted') {
    groups.push([{ id: nodeId, lane: '' }]);
    mark(nodeId, 'undone');
  }
  /** Climbs from the failing node; `caughtBy` ends the climb. */
  for (let depth = frames.length - 1; depth >= 0; depth--) {
    const frame = frames[depth]!;
    const caught = catchesOf(frame.node).find((each) => each.types.length === 0);
    if (catchesOf(frame.node).some((each) => each.types.length > 0)) certain = false;
    if (caught && !inCatch(frame, frames[depth + 1], caught)) return caughtAt(frame, caught);
    const earlier = frame.steps.slice(0, frame.index);
    if (place === 'after') {
      for (const node of earlier) markDone(node);
      ancestorsRan(depth);
      return result(
        'retriesForward',
        [],
        `'${title}' is retried until it is done: the point of no return is behind it.`
      );
    }
    const handler = catchesOf(frame.node).find((each) => inCatch(frame, frames[depth + 1], each));
    // A step that failed itself has nothing to undo but what was armed by its attempt [W6].
    const failed = frame.node.kind === 'action' && frame.node.undo?.armed !== 'attempted';
    if (handler?.scope === 'keep' && !failed)
      groups.push(...inPart(() => unwindBare({ ...frame.node, catch: undefined } as FlowNode)));
    groups.push(...unwindSteps(earlier));
    if (frame.owner?.kind === 'parallel') {
      const siblings = frame.owner.branches
        .filter((_, at) => at !== frame.branch)
        .map((branch) => inPart(() => unwindSteps(branch.steps)));
      const own = groups.splice(0);
      groups.push(...together([own, ...siblings]));
      if (siblings.some((each) => each.length > 0)) certain = false;
    }
    if (frame.owner) mark(frame.owner.id, 'ran');
  }
  const count = groups.flat().length;
  const done = result('unwinds', groups, '');
  const left = done.stays > 0 ? ` ${done.stays} ${done.stays === 1 ? 'stays' : 'stay'}.` : '';
  done.sentence =
    count === 0
      ? `If '${title}' fails, nothing is undone.${left}`
      : `If '${title}' fails, ${count} ${count === 1 ? 'step is' : 'steps are'} undone.${left}`;
  return done;

  function caughtAt(frame: Frame, handler: Catch): WhatIf {
    const scoped = handler.scope === 'undo' ? [...groups] : [];
    if (handler.scope === 'keep')
      every([frame.node], (node) => nodes[node.id]!.role === 'undone' && mark(node.id, 'stays'));
    for (const node of frame.steps.slice(0, frame.index)) markDone(node);
    ancestorsRan(frames!.indexOf(frame));
    every(handler.then, (node) => mark(node.id, 'handles'));
    const what =
      handler.scope === 'undo' ? 'its scope is undone first, then handled' : 'it is handled, nothing is undone';
    return result('caught', scoped, `If '${title}' fails, ${what}; the flow goes on.`);
  }
  /** Steps before a scope that is not unwound: their effects stay. */
  function markDone(node: FlowNode): void {
    mark(node.id, node.kind === 'action' && effectOf(node) !== 'none' ? 'stays' : 'ran');
    for (const inner of nestedSteps(node)) if (!alwaysEnds(inner)) inner.forEach(markDone);
  }
  function ancestorsRan(depth: number): void {
    for (let at = depth; at >= 0; at--) {
      const owner = frames![at]!.owner;
      if (owner) mark(owner.id, 'ran');
      if (at < depth) frames![at]!.steps.slice(0, frames![at]!.index).forEach(markDone);
    }
  }
}

/** Path of frames from the outermost sequence to the node. */
function find(steps: readonly FlowNode[], id: string, owner: FlowNode | null, branch: number): Frame[] | null {
  for (const [index, node] of steps.entries()) {
    const frame: Frame = { steps, index, node, owner, branch };
    if (node.id === id) return [frame];
    for (const [at, inner] of nestedSteps(node).entries()) {
      const found = find(inner, id, node, at);
      if (found) return [frame, ...found];
    }
  }
  return null;
}
/** A failure inside a handler is not handled by that handler. */
function inCatch(frame: Frame, inner: Frame | undefined, handler: Catch): boolean {
  return inner !== undefined && inner.owner === frame.node && inner.steps === handler.then;
}
function every(steps: readonly FlowNode[], visit: (node: FlowNode) => void): void {
  for (const node of steps) {
    visit(node);
    nestedSteps(node).forEach((inner) => every(inner, visit));
  }
}
const letter = (index: number) => String.fromCharCode(97 + (index % 26));
/** Parallel branches: the nth undos of all branches share a number, each with its branch's letter. */
function together(branches: Groups[]): Groups {
  const lanes = branches.filter((branch) => branch.length > 0);
  if (lanes.length < 2) return lanes[0] ?? [];
  return zip(
    lanes.map((groups, at) => groups.map((group) => group.map((undo) => ({ ...undo, lane: letter(at) + undo.lane }))))
  );
}
/** Exclusive branches: whichever was taken counts from the same number. */
const exclusive = (branches: Groups[]): Groups => zip(branches);
function zip(branches: Groups[]): Groups {
  const length = Math.max(0, ...branches.map((branch) => branch.length));
  return Array.from({ length }, (_, index) => branches.flatMap((branch) => branch[index] ?? []));
}
function number(groups: Groups, nodes: WhatIf['nodes']): void {
  groups.forEach((group, index) => {
    const lanes = new Set(group.map((undo) => undo.lane));
    for (const undo of group)
      nodes[undo.id] = { role: 'undone', order: `${index + 1}${lanes.size > 1 ? undo.lane : ''}` };
  });
}
