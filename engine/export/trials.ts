/** Trials of a flow as tests of its exported project: what the outside answers, and what is called then. */
import type { FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';
import { planSchema, type TrialPlan } from '../flow/trial-plan';
import { fieldsOf } from '../run-view/fields';
import type { TrialCall, TrialResult } from '../trial/result';

export interface ExportedTrial {
  name: string;
  input: unknown;
  /**
   * By activity id without the number of an item: 'charge', 'charge:check'. `cancelled`: given after the run asked for
   * its end.
   */
  answers: Record<
    string,
    ({ output: unknown } | { failure: { type: string; message: string } }) & { cancelled?: true }
  >;
  /** Of approvals, by node. */
  decisions: Record<string, 'approve' | 'reject'>;
  signals: { name: string; payload: unknown }[];
  /** Calls are in alphabetical order: branches run beside each other. */
  expect: { calls: string[]; output: unknown } | { calls: string[]; failure: string };
}

/** `play` plays a plan; `input`: with which runs start. Trials that wait for a person are left out. */
export async function exportedTrials(
  manifest: FlowManifest,
  input: unknown,
  play: (plan: TrialPlan) => Promise<TrialResult>
): Promise<ExportedTrial[]> {
  const well = await play(planSchema.parse({ input }));
  const trials = [exported('all goes well', manifest, well)];
  const failing = lastBeforeThePivot(manifest, well.calls);
  if (failing !== null) {
    const answer = {
      kind: 'failure',
      effect: 'none',
      type: 'NotApplied',
      message: 'Refused in a test',
      retryable: false,
    };
    const plan = planSchema.parse({ input, steps: { [failing]: { answers: [answer] } } });
    trials.push(exported(`'${manifest.nodes[failing]?.title ?? failing}' fails`, manifest, await play(plan)));
  }
  return trials.filter((trial) => trial !== null);
}

/** Its failure undoes the most. */
function lastBeforeThePivot({ nodes }: FlowManifest, calls: readonly TrialCall[]): string | null {
  const called = calls.filter(({ role, nodeId }) => role === 'do' && !(nodes[nodeId]?.afterPivot ?? true));
  return called.at(-1)?.nodeId ?? null;
}

function exported(
  name: string,
  { document }: FlowManifest,
  { plan, calls, end, events }: TrialResult
): ExportedTrial | null {
  const isClosed = end.kind === 'completed' || end.kind === 'failed';
  if (!isClosed) return null;
  const nodes = new Map(allNodes(document.steps).map((node) => [node.id, node]));
  const idOf = ({ nodeId, role }: TrialCall) => (role === 'do' ? nodeId : `${nodeId}:${role}`);
  const made = calls.filter(({ role }) => role === 'do' || role === 'undo' || role === 'check');
  const first = made.filter(({ attempt }) => attempt === 1);
  const overtaken = overtakenIn(document, events);
  const answers = first.flatMap((call): [string, ExportedTrial['answers'][string]][] => {
    const order = overtaken.has(idOf(call)) ? ({ cancelled: true } as const) : {};
    if (call.answer?.kind === 'output') return [[idOf(call), { output: call.answer.output ?? null, ...order }]];
    if (call.answer?.kind === 'failure')
      return [[idOf(call), { failure: { type: call.answer.type, message: call.answer.message }, ...order }]];
    return [];
  });
  return {
    name,
    input: plan.input ?? null,
    answers: Object.fromEntries(answers),
    decisions: Object.fromEntries(
      calls
        .filter(({ role }) => role === 'decision')
        .map(({ nodeId, words }) => [nodeId, words === 'Rejected' ? 'reject' : 'approve'])
    ),
    signals: calls.flatMap(({ role, nodeId, input }) => {
      const node = nodes.get(nodeId);
      return role === 'signal' && node?.kind === 'waitForSignal' ? [{ name: node.signal, payload: input ?? null }] : [];
    }),
    expect: {
      calls: first.map(idOf).sort(),
      ...(end.kind === 'completed' ? { output: end.output ?? null } : { failure: end.failure?.type ?? 'Error' }),
    } as ExportedTrial['expect'],
  };
}

/**
 * The calls in branches of a race that another branch had won. A trial may answer both at once, but a service does not,
 * and then the slower one is cancelled first.
 */
function overtakenIn(document: FlowDocument, events: TrialResult['events']): Set<string> {
  const attributes = events.map((event) => ({ ...event, ...fieldsOf(event.attributes) }) as Record<string, unknown>);
  const idOf = new Map(attributes.map(({ id, activityId }) => [id, String(activityId)]));
  const called = new Set(idOf.values());
  const completed = attributes
    .filter(({ type }) => type === 'ActivityTaskCompleted')
    .map(({ scheduledEventId }) => idOf.get(scheduledEventId));
  const overtaken = new Set<string>();
  for (const node of allNodes(document.steps)) {
    if (node.kind !== 'race') continue;
    const branches = node.branches.map(({ steps }) =>
      allNodes(steps)
        .map(({ id }) => id)
        .filter((id) => called.has(id))
    );
    const endOf = (ids: readonly string[]) =>
      Math.max(...ids.map((id) => (completed.includes(id) ? completed.indexOf(id) : Infinity)));
    const first = Math.min(...branches.map(endOf));
    for (const ids of branches.filter((each) => endOf(each) > first)) for (const id of ids) overtaken.add(id);
  }
  return overtaken;
}
