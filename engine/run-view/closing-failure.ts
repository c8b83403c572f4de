/** The failure that closed a run, and the step where it happened. */
import type { ExpressionErrorDetail } from '../saga/contract';
import type { FlowNode } from '../flow/document';
import { factsOf } from '../flow/nodes/table';
import type { FlowManifest } from '../flow/manifest';
import { allNodes, isLoop, nestedSteps } from '../flow/tree';
import { parseActivityId } from './activity-id';
import { nodeIdOf } from '../saga/item-path';
import { failureOf } from './failure';
import { fieldsOrNull } from './fields';
import { itemWords } from './item-words';
import type { FailureView, RunEvent } from './model';

export interface ClosingFailure {
  failure: FailureView | null;
  /** The step whose activity or expressions failed; null if the saga's own message names it. */
  nodeId: string | null;
  /** ' (item 3)' or ' (round 3)' for a step in a loop; '' outside loops. */
  item: string;
  /** If only the node before it is known: 'After Reserve inventory', 'In Parcel'. */
  near: string | null;
}

/** Null for a run that did not fail. */
export function closingFailureOf(events: readonly RunEvent[], manifest: FlowManifest): ClosingFailure | null {
  const close = events.at(-1);
  if (close?.type !== 'WorkflowExecutionFailed') return null;
  const outer = fieldsOrNull(close.attributes.failure);
  // `LeftStanding` lists the effects that remain; its cause is the failure itself.
  const wraps = fieldsOrNull(outer?.applicationFailureInfo)?.type === 'LeftStanding';
  const cause = (wraps ? fieldsOrNull(outer?.cause) : null) ?? outer;
  const failure = failureOf(cause);
  const activityId = fieldsOrNull(cause?.activityFailureInfo)?.activityId;
  if (typeof activityId === 'string') {
    const nodeId = parseActivityId(activityId)?.nodeId ?? activityId;
    return { failure, nodeId, item: itemWords(activityId, manifest), near: null };
  }
  const { initiatedEventId } = fieldsOrNull(cause?.childWorkflowExecutionFailureInfo) ?? {};
  const stepId = events.find(({ id }) => id === Number(initiatedEventId))?.summary;
  if (stepId !== undefined) return { failure, nodeId: nodeIdOf(stepId), item: itemWords(stepId, manifest), near: null };
  const { type, details } = fieldsOrNull(cause?.applicationFailureInfo) ?? {};
  if (type !== 'ExpressionError' || !Array.isArray(details)) return { failure, nodeId: null, item: '', near: null };
  const at = { nodeId: '', after: true, ...fieldsOrNull(details[0]) } as ExpressionErrorDetail;
  const { steps } = manifest.document;
  return { failure, nodeId: stepOfExpression(at, steps)?.id ?? null, item: '', near: nearWords(at, steps) };
}

/**
 * The step whose expression failed. A node's expressions are evaluated before the node starts, so the failure belongs to
 * the next node, if it is certain which one that is. Lists use this too (service/attention.ts).
 */
export function stepOfExpression(
  { nodeId, after }: ExpressionErrorDetail,
  steps: readonly FlowNode[]
): FlowNode | null {
  if (nodeId === '') return steps[0] ?? null;
  const node = allNodes(steps).find(({ id }) => id === nodeId);
  if (!node) return branchOf(nodeId, steps)?.steps[0] ?? null;
  // Nothing inside a frame has started: the first step has failed.
  if (!after) return factsOf(node).drawing.shape === 'frame' ? (nestedSteps(node)[0]?.[0] ?? node) : node;
  // After a choice, the code may be in any of its branches.
  return hasWays(node) ? null : (nextOf(nodeId, steps, null) ?? null);
}

/** The node after this one; null if there is none, undefined if these steps do not contain it. */
function nextOf(nodeId: string, steps: readonly FlowNode[], behind: FlowNode | null): FlowNode | null | undefined {
  for (const [index, node] of steps.entries()) {
    const next = steps[index + 1] ?? behind;
    if (node.id === nodeId) return next;
    // At the end of a parallel branch, or of an item, no expression is evaluated.
    const { runs, branches: branchesOf } = factsOf(node);
    const branches = runs === 'all' || runs === 'first' || isLoop(node) ? branchesOf(node).length : 0;
    // After the last step of a round, its condition is evaluated.
    const end = runs === 'rounds' ? node : null;
    for (const [place, inner] of nestedSteps(node).entries()) {
      const found = nextOf(nodeId, inner, place < branches ? end : next);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const hasWays = (node: FlowNode): boolean => {
  const { runs, branches } = factsOf(node);
  return runs === 'one' && branches(node).length > 0;
};

function nearWords({ nodeId, after }: ExpressionErrorDetail, steps: readonly FlowNode[]): string | null {
  const node = allNodes(steps).find(({ id }) => id === nodeId);
  if (node) return after ? `After ${node.title}` : null;
  const branch = branchOf(nodeId, steps);
  return branch ? `In ${branch.title}` : null;
}

const branchOf = (branchId: string, steps: readonly FlowNode[]) =>
  allNodes(steps)
    .flatMap((node) => factsOf(node).branches(node))
    .find(({ id }) => id === branchId);
