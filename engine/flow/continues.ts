/**
 * The loops between whose rounds or items a run of a flow continues as new (saga/continue.ts): those that are directly
 * in the flow and can be long. Everything else in a flow is short, and a run of it stays one run.
 *
 * Rules
 * [CLO1] A loop with a condition is long if its rounds together can have more events than those at which a server suggests
 *        a new run; a loop over a list is long if it says that the list can be. So the code of short loops is as plain as if there were no such limit.
 */
import type { EachNode } from './nodes/each';
import type { RepeatNode } from './nodes/repeat';
import type { FlowNode } from './nodes/table';
import { isLoop, nestedSteps } from './tree';

type LoopNode = RepeatNode | EachNode;

/** The most rounds or items of a loop that is inside something else: its run stays one run. */
export const MOST_IN_ONE_RUN = 1_000;
/** The default of a Temporal server (limit.historyCount.suggestContinueAsNew). */
const SUGGESTED_AT_EVENTS = 4_096;
/** A step with the workflow task after it. */
const EVENTS_OF_NODE = 6;
/** Of a loop over a list inside another loop, whose length is unknown: short lists are usual. */
const USUAL_ITEMS = 100;

export const continuingLoops = (steps: readonly FlowNode[]): LoopNode[] =>
  steps.filter(
    (node): node is LoopNode =>
      (node.kind === 'repeat' && longestOf(node) > SUGGESTED_AT_EVENTS) ||
      (node.kind === 'each' && (node.most ?? 0) > MOST_IN_ONE_RUN)
  );

/** The number of events that it can have. */
function longestOf(node: FlowNode): number {
  const inside = nestedSteps(node)
    .flat()
    .reduce((sum, inner) => sum + longestOf(inner), 0);
  const times = node.kind === 'repeat' ? node.most : isLoop(node) ? USUAL_ITEMS : 1;
  return EVENTS_OF_NODE + times * inside;
}
