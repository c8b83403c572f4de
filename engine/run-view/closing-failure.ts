/** The failure that closed a run: what it is, and where it went wrong. */
import type { ExpressionErrorDetail } from '../saga/contract';
import type { FlowNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { allNodes, nestedSteps } from '../flow/tree';
import { parseActivityId } from './activity-id';
import { failureOf } from './failure';
import { fieldsOrNull } from './fields';
import type { FailureView, RunEvent } from './model';

export interface ClosingFailure {
  failure: FailureView | null;
  /** The step whose activity, or the node in whose expressions it went wrong; null where the saga says it in words of its own. */
  nodeId: string | null;
  /** Only what was before it is known: 'After Reserve inventory', 'In Parcel'. */
  near: string | null;
}

/** Null for a run that did not fail. */
export function closingFailureOf(events: readonly RunEvent[], manifest: FlowManifest): ClosingFailure | null {
  const close = events.at(-1);
  if (close?.type !== 'WorkflowExecutionFailed') return null;
  const outer = fieldsOrNull(close.attributes.failure);
  // `LeftStanding` says what stands; what went wrong is its cause.
  const wraps = fieldsOrNull(outer?.applicationFailureInfo)?.type === 'LeftStanding';
  const cause = (wraps ? fieldsOrNull(outer?.cause) : null) ?? outer;
  const failure = failureOf(cause);
  const activityId = fieldsOrNull(cause?.activityFailureInfo)?.activityId;
  if (typeof activityId === 'string') {
    return { failure, nodeId: parseActivityId(activityId)?.nodeId ?? activityId, near: null };
  }
  const { type, details } = fieldsOrNull(cause?.applicationFailureInfo) ?? {};
  if (type !== 'ExpressionError' || !Array.isArray(details)) return { failure, nodeId: null, near: null };
  const at = { nodeId: '', after: true, ...fieldsOrNull(details[0]) } as ExpressionErrorDetail;
  const { steps } = manifest.document;
  return { failure, nodeId: brokenNode(at, steps)?.id ?? null, near: nearWords(at, steps) };
}

/** Expressions are read before their node is entered: those of the next node, where it is certain which one that is. */
function brokenNode({ nodeId, after }: ExpressionErrorDetail, steps: readonly FlowNode[]): FlowNode | null {
  if (nodeId === '') return steps[0] ?? null;
  const node = allNodes(steps).find(({ id }) => id === nodeId);
  if (!node) return branchOf(nodeId, steps)?.steps[0] ?? null;
  if (!after) return node;
  // Behind one of several ways the code may be in any of them.
  return hasWays(node) ? null : (nextOf(nodeId, steps, null) ?? null);
}

/** What comes after a node; null where nothing does, undefined where these steps do not hold it. */
function nextOf(nodeId: string, steps: readonly FlowNode[], behind: FlowNode | null): FlowNode | null | undefined {
  for (const [index, node] of steps.entries()) {
    const next = steps[index + 1] ?? behind;
    if (node.id === nodeId) return next;
    // At the end of a parallel's branch nothing is read any more.
    const branches = node.kind === 'parallel' ? node.branches.length : 0;
    for (const [place, inner] of nestedSteps(node).entries()) {
      const found = nextOf(nodeId, inner, place < branches ? null : next);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const hasWays = (node: FlowNode): boolean =>
  node.kind === 'choice' ||
  (node.kind === 'approval' && node.onReject !== undefined) ||
  (node.kind === 'waitForSignal' && node.onTimeout !== undefined);

function nearWords({ nodeId, after }: ExpressionErrorDetail, steps: readonly FlowNode[]): string | null {
  const node = allNodes(steps).find(({ id }) => id === nodeId);
  if (node) return after ? `After ${node.title}` : null;
  const branch = branchOf(nodeId, steps);
  return branch ? `In ${branch.title}` : null;
}

const branchOf = (branchId: string, steps: readonly FlowNode[]) =>
  allNodes(steps)
    .flatMap((node) => (node.kind === 'choice' || node.kind === 'parallel' ? node.branches : []))
    .find(({ id }) => id === branchId);
