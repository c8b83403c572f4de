/**
 * 'What if this fails?': what the saga would undo and in which order, what would remain, and what would not have
 * started. Computed from the tree alone at design time. `certain` is false if the result depends on decisions at run
 * time.
 *
 * Rules
 * [WI1] Undoing runs in reverse order of arming, from the failing step to the start of the scope.
 * [WI2] Steps of parallel branches share a number and get a letter: 2a, 2b. A step keeps its letter where the other branches
 *       have none with its number: it follows the steps of its own branch only. Steps of exclusive branches share a number.
 * [WI3] An effect without an undo, or an irreversible one, remains.
 * [WI4] After the pivot of its scope a step is retried until it succeeds; nothing is undone. If the pivot itself
 *      fails, everything before it is undone.
 * [WI5] A catch of every failure ends the unwinding at its scope; with 'keep' nothing is undone. A catch of certain
 *      types may end it.
 * [WI7] Nodes that cannot have run before are not marked: a branch, a handler or an answer after which the flow always
 *      ends or fails, and a path that passes the point of no return, since nothing is undone after it.
 * [WI8] In a loop, other items may be anywhere in its steps, and earlier rounds have run all of them, so all its steps
 *      are undone; with 'collect' only those of the item are, and the flow continues.
 * [WI6] An undo that is armed by the attempt also belongs to a failing step, and comes first.
 */
import type { Effect } from './activity-options';
import type { FlowDocument } from './document';
import type { Catch } from './nodes/fields';
import type { SagaStep } from './nodes/step';
import { factsOf, type FlowNode } from './nodes/table';
import { pivotPlaces, surelyPasses } from './pivots';
import { allNodes, alwaysEnds, canFail, catchesOf, isLoop, nestedSteps } from './tree';

export type WhatIfRole = 'fails' | 'undone' | 'stays' | 'ran' | 'handles' | 'neverStarted';
export interface WhatIf {
  nodeId: string;
  outcome: 'unwinds' | 'retriesForward' | 'caught' | 'cannotFail';
  nodes: Record<string, { role: WhatIfRole; order: string | null }>;
  undone: number;
  stays: number;
  /** False if the taken branch, or a typed catch, decides at run time. */
  certain: boolean;
  sentence: string;
}

/** A number and, in parallel branches, a letter. */
interface Undo {
  id: string;
  lane: string;
}
type Groups = Undo[][];
interface Frame {
  steps: readonly FlowNode[];
  index: number;
  node: FlowNode;
  /** The sequence is one of several parallel branches of `owner`. */
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

  const haveEffects = (steps: readonly FlowNode[]): boolean =>
    allNodes(steps).some((node) => {
      const step = stepOf(node);
      return step !== null && effectOf(step) !== 'none';
    });

  /** What happens on the way back to a step that has run. */
  const unwindNode = (node: FlowNode): Groups => {
    const handlers = catchesOf(node)
      .filter(({ then }) => leadsOn(then))
      .map((each) => unwindSteps(each.then));
    // If the flow came through the node itself, past a point of no return in it, nothing is undone.
    const own = catchesOf(node).length === 0 || leadsOn([withoutCatches(node)]) ? unwindBare(node) : [];
    // A handler may have run instead of the rest of its node.
    if (catchesOf(node).some(({ then }) => haveEffects(then))) certain = false;
    return exclusive([own, ...handlers]);
  };
  const unwindBare = (node: FlowNode): Groups => {
    const step = stepOf(node);
    if (step) {
      if (stopped === 'failed') return [];
      const effect = effectOf(step);
      if (effect === 'none') mark(node.id, 'ran');
      else if (effect === 'reversible' && step.undo) return (mark(node.id, 'undone'), [[{ id: node.id, lane: '' }]]);
      else mark(node.id, 'stays');
      return [];
    }
    mark(node.id, 'ran');
    if (factsOf(node).runs === 'all') return together(branchesOf(node).map(unwindSteps));
    if (factsOf(node).runs === 'once') return branchesOf(node).flatMap(unwindSteps);
    const inner = branchesOf(node).filter(leadsOn);
    if (inner.some(haveEffects)) certain = false;
    return exclusive(inner.map(unwindSteps));
  };
  /**
   * How the flow left the steps that are undone. A parallel branch stops anywhere; a handler runs because a step
   * failed.
   */
  let stopped: 'atEnd' | 'anywhere' | 'failed' = 'atEnd';
  const stoppedAs = (how: typeof stopped, part: () => Groups): Groups => {
    const before = stopped;
    stopped = how;
    const groups = part();
    stopped = before;
    return groups;
  };
  /** [WI7] True if the flow can have passed these steps with something left to undo. */
  const leadsOn = (steps: readonly FlowNode[]): boolean => {
    if (stopped !== 'atEnd') return true;
    if (alwaysEnds(steps)) return false;
    if (!surelyPasses(steps)) return true;
    certain = false;
    return false;
  };
  const unwindSteps = (steps: readonly FlowNode[]): Groups => {
    if (stopped === 'atEnd') return [...steps].reverse().flatMap(unwindNode);
    // If the flow had passed a point of no return before it left, nothing would be undone.
    const pivotAt = steps.findIndex((node) => surelyPasses([node]));
    const before = pivotAt < 0 ? [...steps] : steps.slice(0, pivotAt + 1);
    // The last step that can have failed has not completed; neither has a step that passes the point of no return.
    const last = stopped === 'failed' ? before.findLastIndex(canFail) : pivotAt < 0 ? before.length : pivotAt;
    const failed = before[last];
    const done = stoppedAs('anywhere', () => before.slice(0, Math.max(0, last)).reverse().flatMap(unwindNode));
    return [...(failed ? stoppedAs('failed', () => unwindNode(failed)) : []), ...done];
  };

  const result = (outcome: WhatIf['outcome'], groups: Groups, more: string): WhatIf => {
    number(groups, nodes);
    mark(nodeId, nodes[nodeId]!.role === 'undone' ? 'undone' : 'fails', nodes[nodeId]!.order);
    const values = Object.values(nodes);
    const undone = values.filter((each) => each.role === 'undone').length;
    const stays = values.filter((each) => each.role === 'stays').length;
    return { nodeId, outcome, nodes, undone, stays, certain, sentence: more };
  };
  const title = failing.node.title;
  if (factsOf(failing.node).fails === 'never') {
    return result('cannotFail', [], `'${title}' has nothing that can fail.`);
  }

  // Validation, compiler and preview agree: every path to this node has passed the point of no return.
  const place = pivotPlaces(document.steps).get(nodeId);
  if (place === 'maybe') certain = false;

  const groups: Groups = [];
  if (armsByAttempt(failing.node)) {
    groups.push([{ id: nodeId, lane: '' }]);
    mark(nodeId, 'undone');
  }
  /** Goes up from the failing node; `caughtBy` ends it. */
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
        `'${title}' is retried until it succeeds: it comes after the point of no return.`
      );
    }
    const handler = catchesOf(frame.node).find((each) => inCatch(frame, frames[depth + 1], each));
    // The failed step itself has nothing to undo, except an undo that was armed by its attempt [WI6].
    const failed = stepOf(frame.node) !== null && !armsByAttempt(frame.node);
    if (handler?.scope === 'keep' && !failed) groups.push(...stoppedAs('failed', () => unwindBare(frame.node)));
    groups.push(...unwindSteps(earlier));
    const parallel = frame.owner && RUN_BESIDE.has(factsOf(frame.owner).runs) ? branchesOf(frame.owner) : [];
    if (frame.branch < parallel.length) {
      const siblings = parallel
        .filter((_, at) => at !== frame.branch)
        .map((steps) => stoppedAs('anywhere', () => unwindSteps(steps)));
      const own = groups.splice(0);
      groups.push(...together([own, ...siblings]));
      if (siblings.some((each) => each.length > 0)) certain = false;
    }
    const { owner } = frame;
    if (owner && isLoop(owner) && frame.branch < branchesOf(owner).length) {
      certain = false;
      if (owner.kind === 'each' && owner.onFailure === 'collect') return collectedBy(owner, depth);
      // What this item or round has done is among what the others may have done.
      groups.splice(0);
      groups.push(...stoppedAs('anywhere', () => unwindSteps(frame.steps)));
    }
    if (frame.owner) mark(frame.owner.id, 'ran');
  }
  const count = groups.flat().length;
  const done = result('unwinds', groups, '');
  const left = done.stays > 0 ? ` ${done.stays} ${done.stays === 1 ? 'effect remains' : 'effects remain'}.` : '';
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
      handler.scope === 'undo'
        ? 'its scope is undone first, then the failure is handled'
        : 'the failure is handled, and nothing is undone';
    return result('caught', scoped, `If '${title}' fails, ${what}; the flow continues.`);
  }
  /** [WI8] */
  function collectedBy(loop: FlowNode, depth: number): WhatIf {
    ancestorsRan(depth);
    return result(
      'caught',
      groups,
      `If '${title}' fails, its item of '${loop.title}' is undone; the other items go on.`
    );
  }
  /** Steps before a scope that is not unwound: their effects remain. */
  function markDone(node: FlowNode): void {
    const step = stepOf(node);
    mark(node.id, step && effectOf(step) !== 'none' ? 'stays' : 'ran');
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

/** Branches that run at the same time. */
const RUN_BESIDE: ReadonlySet<string> = new Set(['all', 'first']);
const stepOf = (node: FlowNode): SagaStep | null => factsOf(node).step(node);
const withoutCatches = (node: FlowNode): FlowNode => ({ ...node, catch: [] }) as FlowNode;
const armsByAttempt = (node: FlowNode): boolean => stepOf(node)?.undo?.armed === 'attempted';
const branchesOf = (node: FlowNode): FlowNode[][] =>
  factsOf(node)
    .branches(node)
    .map(({ steps }) => steps);

/** The path of frames from the outermost sequence to the node. */
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
/** A handler does not handle failures of its own steps. */
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
/** Parallel branches: the nth undos of all branches have the same number, each with the letter of its branch. */
function together(branches: Groups[]): Groups {
  const lanes = branches.filter((branch) => branch.length > 0);
  if (lanes.length < 2) return lanes[0] ?? [];
  return zip(
    lanes.map((groups, at) => groups.map((group) => group.map((undo) => ({ ...undo, lane: letter(at) + undo.lane }))))
  );
}
/** Exclusive branches: each of them counts from the same number. */
const exclusive = (branches: Groups[]): Groups => zip(branches);
function zip(branches: Groups[]): Groups {
  const length = Math.max(0, ...branches.map((branch) => branch.length));
  return Array.from({ length }, (_, index) => branches.flatMap((branch) => branch[index] ?? []));
}
function number(groups: Groups, nodes: WhatIf['nodes']): void {
  groups.forEach((group, index) => {
    for (const { id, lane } of group) nodes[id] = { role: 'undone', order: `${index + 1}${lane}` };
  });
}
