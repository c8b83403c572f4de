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
  const changes: Change[] = [];
  for (const [id, { title }] of old) if (!now.has(id)) changes.push({ nodeId: id, message: `'${title}' was removed.` });
  for (const [id, node] of now) {
    const was = old.get(id);
    if (!was) changes.push({ nodeId: id, message: `'${node.title}' was added.` });
    else if (ownText(was) !== ownText(node)) changes.push({ nodeId: id, message: `'${node.title}' was changed.` });
  }
  if (flowText(before) !== flowText(after)) {
    const message = 'The flow itself was changed: its texts, its input and output, or the order of its steps.';
    changes.push({ nodeId: null, message });
  }
  return changes;
}

/**
 * A node with the ids of its nested nodes but without their content, because changes of those nodes are listed
 * separately.
 */
function ownText(node: FlowNode): string {
  const nested = new Set<unknown>(nestedSteps(node));
  return JSON.stringify(node, (_, value: unknown) =>
    nested.has(value) ? (value as FlowNode[]).map(({ id }) => id) : value
  );
}

const flowText = ({ steps, ...flow }: FlowDocument): string => JSON.stringify([flow, steps.map(({ id }) => id)]);
