/**
 * The changes between two documents of one flow, listed by node: for a person who publishes over a version that they
 * have not seen.
 */
import type { FlowDocument, FlowNode } from './document';
import { allNodes, nestedSteps } from './tree';

export interface Change {
  /** Null for the flow itself. */
  nodeId: string | null;
  message: string;
}

export function changesBetween(before: FlowDocument, after: FlowDocument): Change[] {
  const old = new Map(allNodes(before.steps).map((node) => [node.id, node]));
  const now = new Map(allNodes(after.steps).map((node) => [node.id, node]));
  // A list of steps differs by itself only if what is in both documents has another order or another place.
  const stays = ({ id }: FlowNode) => old.has(id) && now.has(id);
  const changes: Change[] = [];
  for (const [id, { title }] of old) if (!now.has(id)) changes.push({ nodeId: id, message: `'${title}' was removed.` });
  for (const [id, node] of now) {
    const was = old.get(id);
    if (!was) changes.push({ nodeId: id, message: `'${node.title}' was added.` });
    else if (ownText(was, stays) !== ownText(node, stays))
      changes.push({ nodeId: id, message: `'${node.title}' was changed.` });
  }
  if (flowText(before, stays) !== flowText(after, stays)) {
    const message = 'The flow itself was changed: its texts, its input and output, or the order of its steps.';
    changes.push({ nodeId: null, message });
  }
  return changes;
}

type Stays = (node: FlowNode) => boolean;
const idsOf = (steps: readonly FlowNode[], stays: Stays): string[] => steps.filter(stays).map(({ id }) => id);

/**
 * A node with the ids of its nested nodes but without their content, because changes of those nodes are listed
 * separately.
 */
function ownText(node: FlowNode, stays: Stays): string {
  const nested = new Set<unknown>(nestedSteps(node));
  return JSON.stringify(node, (_, value: unknown) => (nested.has(value) ? idsOf(value as FlowNode[], stays) : value));
}

const flowText = ({ steps, ...flow }: FlowDocument, stays: Stays): string =>
  JSON.stringify([flow, idsOf(steps, stays)]);
