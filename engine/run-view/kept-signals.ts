/**
 * A wait with a condition takes the first signal for which the condition is true, and the run keeps the others without
 * an event. So a wait that goes on although its signal came is explained here.
 *
 * Rules
 * [KSI1] Counted is what the run has heard of: signals that came before the last workflow task began, without those that
 *        it refuses. Each wait that is over has taken one.
 */
import type { WaitForSignalNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { nodeIn } from '../flow/tree';
import { nodeIdOf } from '../saga/item-path';
import type { RunFacts } from './model';

/** A sentence about the signals that a waiting node did not take; '' if there are none. */
export function keptSignalWords(node: WaitForSignalNode, { events, nodes }: RunFacts, manifest: FlowManifest): string {
  const { signals, steps } = manifest.document;
  if (node.when === undefined && signals[node.signal]?.key === undefined) return '';
  const heard = Number(events.findLast(({ type }) => type === 'WorkflowTaskCompleted')?.attributes.startedEventId ?? 0);
  const came = events.filter(
    ({ id, type, attributes, rejected }) =>
      type === 'WorkflowExecutionSignaled' &&
      id < heard &&
      attributes.signalName === node.signal &&
      rejected === undefined
  ).length;
  const over = Object.entries(nodes?.nodes ?? {}).filter(([stepId, { state }]) => {
    const other = nodeIn(steps, nodeIdOf(stepId));
    return other?.kind === 'waitForSignal' && other.signal === node.signal && state === 'done';
  }).length;
  const kept = came - over;
  if (kept <= 0) return '';
  return kept === 1
    ? ` The signal '${node.signal}' came, but it is not one that this step waits for.`
    : ` The signal '${node.signal}' came ${kept} times, but none of them is one that this step waits for.`;
}
