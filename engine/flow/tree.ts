/** Walking the tree of a flow: what is nested in what, what gives an output, which paths end. */
import type { Catalogue } from './catalogue';
import type { ActionNode, Catch, Effect, FlowNode } from './document';
import { durationMs } from './duration';

/** Every sequence inside a node, in reading order. */
export function nestedSteps(node: FlowNode): FlowNode[][] {
  const inner: FlowNode[][] = [];
  if (node.kind === 'choice' || node.kind === 'parallel') inner.push(...node.branches.map((branch) => branch.steps));
  if (node.kind === 'choice' && node.otherwise) inner.push(node.otherwise.steps);
  if (node.kind === 'approval' && node.onReject) inner.push(node.onReject);
  if (node.kind === 'waitForSignal' && node.onTimeout) inner.push(node.onTimeout);
  for (const each of catchesOf(node)) inner.push(each.then);
  return inner;
}
export function catchesOf(node: FlowNode): Catch[] {
  return 'catch' in node && node.catch ? node.catch : [];
}

/** Every node, in the order of the drawing. */
export function allNodes(steps: readonly FlowNode[]): FlowNode[] {
  return steps.flatMap((node) => [node, ...nestedSteps(node).flatMap(allNodes)]);
}

/** Kinds whose result expressions can name. */
export const hasOutput = (node: FlowNode): boolean =>
  node.kind === 'action' || node.kind === 'approval' || node.kind === 'waitForSignal';

/** Does no path lead past this sequence? */
export function alwaysEnds(steps: readonly FlowNode[]): boolean {
  return steps.some((node) => {
    if (node.kind === 'end' || node.kind === 'fail') return handlersEnd(catchesOf(node));
    if (node.kind !== 'choice' || !node.otherwise) return false;
    return (
      [...node.branches, node.otherwise].every((branch) => alwaysEnds(branch.steps)) && handlersEnd(catchesOf(node))
    );
  });
}
export const handlersEnd = (handlers: readonly Catch[]) => handlers.every((each) => alwaysEnds(each.then));

/** What a step does to the world: as its activity says, or the step itself where the activity leaves it open. */
export function effectOf(node: ActionNode, catalogue: Catalogue): Effect {
  const declared = catalogue[node.activity]?.effect ?? 'per-step';
  return declared === 'per-step' ? (node.effect ?? 'none') : declared;
}

/** What is promised of a step's calls that arrive late: by the step itself, else by its activity. */
export function lateCallsOf(
  { activity, lateCalls, settlesWithin }: ActionNode,
  catalogue: Catalogue
): { lateCalls: 'refused' | 'possible'; settlesWithinMs?: number } {
  const declared = catalogue[activity];
  const within = settlesWithin ?? declared?.settlesWithin;
  return {
    lateCalls: lateCalls ?? declared?.lateCalls ?? 'possible',
    ...(within === undefined ? {} : { settlesWithinMs: durationMs(within) }),
  };
}
