/**
 * What is certain at a place of a flow because of the choices around it: in a branch its condition holds, and those of
 * the branches before it do not. The editor of an expression narrows types with it, as the generated code does. Pure.
 *
 * Rules
 * [KC1] The outermost choice first; within one choice in the order of its branches.
 * [KC2] The condition of a branch is read where those before it do not hold.
 * [KC3] A condition that reads a variable says nothing later on, because the variable may have changed.
 */
import type { FlowDocument } from './document';
import { namesIn } from './expression-names';
import { factsOf, type FlowNode } from './nodes/table';
import type { ReadingPlace } from './scope';
import { catchesOf } from './tree';

export interface KnownCondition {
  expression: string;
  holds: boolean;
}

/** Empty for a field of the flow itself. */
export function conditionsAt(document: FlowDocument, { nodeId, path }: ReadingPlace): KnownCondition[] {
  const variables = Object.keys(document.variables);
  return (nodeId === null ? null : within(document.steps, nodeId, path))?.filter(isConstant) ?? [];

  function isConstant({ expression }: KnownCondition): boolean {
    const read = namesIn(expression);
    return !variables.some((name) => read.has(name));
  }
}

/** Null: the node is not among these steps. */
function within(steps: readonly FlowNode[], nodeId: string, path: ReadingPlace['path']): KnownCondition[] | null {
  for (const node of steps) {
    if (node.id === nodeId) {
      const [field, index] = path;
      return node.kind === 'choice' && field === 'branches' && typeof index === 'number' ? failed(node, index) : [];
    }
    for (const [index, branch] of factsOf(node).branches(node).entries()) {
      const inner = within(branch.steps, nodeId, path);
      if (inner) return node.kind === 'choice' ? [...taken(node, index), ...inner] : inner;
    }
    for (const { then } of catchesOf(node)) {
      const inner = within(then, nodeId, path);
      if (inner) return inner;
    }
  }
  return null;
}

type Choice = Extract<FlowNode, { kind: 'choice' }>;
/** Of the branches before this one. */
const failed = ({ branches }: Choice, index: number): KnownCondition[] =>
  branches.slice(0, index).map(({ when }) => ({ expression: when, holds: false }));
/** The last place is 'otherwise', which has no condition. */
function taken(node: Choice, index: number): KnownCondition[] {
  const own = node.branches[index];
  return own ? [...failed(node, index), { expression: own.when, holds: true }] : failed(node, index);
}
