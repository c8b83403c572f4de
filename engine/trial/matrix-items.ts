/**
 * One item of many that fails: which items of a loop the failure matrix fails alone, and a way on which a loop has
 * enough of them.
 */
import type { FlowNode } from '../flow/document';
import { allNodes, isLoop } from '../flow/tree';
import { factsOf } from '../flow/nodes/table';
import type { TrialPlan } from '../flow/trial-plan';
import type { MatrixItem } from './matrix-cells';
import { byName } from '../flow/values/name-order';
import type { TrialCall, TrialResult } from './result';

/** A first one, one between others, and a last one. */
export const ENOUGH_ITEMS = 3;

/** The innermost loop around each node that is in one. */
export function loopsAround(steps: readonly FlowNode[]): Map<string, FlowNode> {
  const found = new Map<string, FlowNode>();
  for (const loop of allNodes(steps).filter(isLoop))
    for (const { id } of allNodes(
      factsOf(loop)
        .branches(loop)
        .flatMap((branch) => branch.steps)
    ))
      found.set(id, loop);
  return found;
}

/** All that is kept of a call until the end of a wave: results hold whole histories. */
export type PlacedCall = Pick<TrialCall, 'nodeId' | 'path' | 'role'>;
export const callsInLoops = ({ calls }: Pick<TrialResult, 'calls'>): PlacedCall[] =>
  calls.filter(({ path }) => path.length > 0).map(({ nodeId, path, role }) => ({ nodeId, path, role }));

/** For which items a node ran, in their order: '2', or '2.1' in a loop inside a loop. Empty outside loops. */
export function itemsOf(calls: readonly PlacedCall[], nodeId: string): string[] {
  const own = calls.filter((call) => call.nodeId === nodeId && call.path.length > 0 && FORWARD.has(call.role));
  return [...new Set(own.map(({ path }) => path.join('.')))].sort(byName);
}
const FORWARD: ReadonlySet<string> = new Set(['do', 'decision', 'signal']);

/** The first item, one in the middle and the last one; none where there is only one item. */
export function chosenItems(items: readonly string[], loop: FlowNode | undefined): MatrixItem[] {
  const of = items.length;
  if (of < 2) return [];
  const unit = loop && factsOf(loop).runs === 'rounds' ? 'round' : 'item';
  const at = (place: MatrixItem['at'], index: number): MatrixItem => ({ at: place, item: items[index]!, of, unit });
  return [at('first', 0), ...(of >= ENOUGH_ITEMS ? [at('middle', Math.floor((of - 1) / 2))] : []), at('last', of - 1)];
}

/**
 * The plan with longer lists in its input and in what steps answered: a list that was made from a schema has one entry.
 * Entries are repeated, so it may be that a schema forbids it; such a plan reaches fewer items.
 */
export function withLongerLists(plan: TrialPlan, { calls }: Pick<TrialResult, 'calls'>): TrialPlan {
  const steps = { ...plan.steps };
  for (const { nodeId, role, answer, path } of calls) {
    if (role !== 'do' || answer?.kind !== 'output' || path.length > 0 || steps[nodeId]?.answers) continue;
    const output = longer(answer.output);
    if (output !== answer.output) steps[nodeId] = { ...steps[nodeId], answers: [{ kind: 'output', output }] };
  }
  const input = longer(plan.input);
  const isSame = input === plan.input && Object.entries(steps).every(([id, step]) => step === plan.steps[id]);
  return isSame ? plan : { ...plan, input, steps };
}

/** The same value, if nothing in it is a short list. */
function longer(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.length === 0) return value;
    const entries = value.map(longer);
    if (entries.length >= ENOUGH_ITEMS)
      return entries.every((entry, index) => entry === value[index]) ? value : entries;
    return Array.from({ length: ENOUGH_ITEMS }, (_, index) => entries[index % entries.length]);
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, field, longer(field)] as const);
  if (fields.every(([, field, now]) => field === now)) return value;
  return Object.fromEntries(fields.map(([name, , now]) => [name, now]));
}
