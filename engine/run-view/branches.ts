/** The sequences inside a node with the keys that the layout gives them; one place that knows both. */
import type { FlowNode } from '../flow/document';
import { catchesOf } from '../flow/tree';

export interface BranchPlan {
  /** As `Thread.branch` of the layout. */
  key: string;
  /** Id that the workflow reports on; null for an implicit branch. */
  id: string | null;
  role: 'branch' | 'catch';
  steps: readonly FlowNode[];
}

export function branchPlansOf(node: FlowNode): BranchPlan[] {
  const plan = (
    key: string,
    id: string | null,
    steps: readonly FlowNode[],
    role: BranchPlan['role'] = 'branch'
  ): BranchPlan => ({
    key: `${node.id}/${key}`,
    id,
    role,
    steps,
  });
  const plans: BranchPlan[] = [];
  if (node.kind === 'choice') {
    plans.push(...node.branches.map((branch) => plan(branch.id, branch.id, branch.steps)));
    plans.push(plan('otherwise', null, node.otherwise?.steps ?? []));
  }
  if (node.kind === 'parallel') plans.push(...node.branches.map((branch) => plan(branch.id, branch.id, branch.steps)));
  if (node.kind === 'approval' && node.onReject)
    plans.push(plan('approved', null, []), plan('rejected', null, node.onReject));
  if (node.kind === 'waitForSignal' && node.onTimeout)
    plans.push(plan('received', null, []), plan('timeout', null, node.onTimeout));
  catchesOf(node).forEach((each, index) => plans.push(plan(`catch-${index}`, null, each.then, 'catch')));
  return plans;
}
