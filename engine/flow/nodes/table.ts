/**
 * The table of all kinds of nodes. A new kind needs a file next to this one and a line in each of the two lists here;
 * the TypeScript compiler reports everything else that is missing (engine/flow/README.md).
 */
import { z } from 'zod';
import { action, type ActionNode } from './action';
import { approval, type ApprovalNode } from './approval';
import { child, type ChildNode } from './child';
import { choice, type ChoiceNode } from './choice';
import { each, type EachNode } from './each';
import { end, type EndNode } from './end';
import { fail, type FailNode } from './fail';
import type { NodeFacts } from './facts';
import { group, type GroupNode } from './group';
import type { StepsSchema } from './fields';
import { parallel, type ParallelNode } from './parallel';
import { race, type RaceNode } from './race';
import { repeat, type RepeatNode } from './repeat';
import { set, type SetNode } from './set';
import { wait, type WaitNode } from './wait';
import { waitForSignal, type WaitForSignalNode } from './wait-for-signal';

export interface Nodes {
  action: ActionNode;
  choice: ChoiceNode;
  parallel: ParallelNode;
  race: RaceNode;
  group: GroupNode;
  each: EachNode;
  repeat: RepeatNode;
  wait: WaitNode;
  waitForSignal: WaitForSignalNode;
  approval: ApprovalNode;
  child: ChildNode;
  set: SetNode;
  fail: FailNode;
  end: EndNode;
}
export type NodeKind = keyof Nodes;
export type FlowNode = Nodes[NodeKind];

const FACTS: { [Kind in NodeKind]: NodeFacts<Nodes[Kind]> } = {
  action,
  choice,
  parallel,
  race,
  group,
  each,
  repeat,
  wait,
  waitForSignal,
  approval,
  child,
  set,
  fail,
  end,
};
export const NODE_KINDS = Object.keys(FACTS) as NodeKind[];

/**
 * `z.lazy` and not a getter of each kind, because a kind that read `nodeSchema` would import this file, which imports
 * it. No type is written twice: that of each kind is inferred from its schema.
 */
const stepsSchema: StepsSchema = z.lazy(() => z.array(nodeSchema));
const [first, ...others] = Object.values(FACTS).map((facts) => facts.schema(stepsSchema));
export const nodeSchema = z.discriminatedUnion('kind', [first!, ...others]) as z.ZodType as z.ZodType<FlowNode>;

/** The facts of a kind that are the same for all of its nodes. */
export const factsOfKind = (kind: NodeKind): Pick<NodeFacts<FlowNode>, 'drawing'> => FACTS[kind];

/** The facts of a node's kind, for this node. */
export function factsOf(node: FlowNode): NodeFacts<FlowNode> {
  return FACTS[node.kind];
}
