/** Trials of a flow as tests of its exported project: what the outside answers, and what is called then. */
import type { FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';
import { planSchema, type TrialPlan } from '../flow/trial-plan';
import { fieldsOf } from '../run-view/fields';
import type { TrialCall, TrialResult } from '../trial/result';
import { playWhole, stepOf, type PlayedChild, type PlayedWhole } from './played-children';

export interface ExportedTrial {
  name: string;
  input: unknown;
  /**
   * By activity id without the number of an item: 'charge', 'charge:check'; of a child with its workflow type before it:
   * 'takePayment_v1.charge'. `cancelled`: given after the run asked for
   * its end. `after`: given when these calls have begun.
   */
  answers: Record<string, ({ output: unknown } | { failure: { type: string; message: string } }) & AnswerOrder>;
  /** Of approvals, by node; with values where the decision is one that the approval names. */
  decisions: Record<string, string | { decision: string; values: unknown }>;
  signals: { name: string; payload: unknown }[];
  /** Calls are in alphabetical order: branches run beside each other. */
  expect: { calls: string[]; output: unknown } | { calls: string[]; failure: string };
}

/** Branches of a race answer beside each other. */
interface AnswerOrder {
  cancelled?: true;
  after?: string[];
}

/** Plays a plan of a flow. */
type Play = (manifest: FlowManifest, plan: TrialPlan) => Promise<TrialResult>;

interface Tree {
  /** All flows that run below, by workflow type. */
  below: ReadonlyMap<string, FlowManifest>;
  play: Play;
}

/**
 * `input`: with which runs start. Trials that wait for a person are left out, and those whose children cannot be played
 * (played-children.ts).
 */
export async function exportedTrials(manifest: FlowManifest, input: unknown, tree: Tree): Promise<ExportedTrial[]> {
  const well = await playWhole(manifest, planSchema.parse({ input }), tree);
  if (!well) return [];
  const trials = [exported('all goes well', manifest, well)];
  const failing = lastBeforeThePivot(manifest, well.result.calls);
  if (failing !== null) {
    const answer = {
      kind: 'failure',
      effect: 'none',
      type: 'NotApplied',
      message: 'Refused in a test',
      retryable: false,
    };
    const plan = planSchema.parse({ input, steps: { [failing]: { answers: [answer] } } });
    const fails = await playWhole(manifest, plan, tree);
    if (fails) trials.push(exported(`'${manifest.nodes[failing]?.title ?? failing}' fails`, manifest, fails));
  }
  return trials.filter((trial) => trial !== null);
}

/** Its failure undoes the most. */
function lastBeforeThePivot({ nodes }: FlowManifest, calls: readonly TrialCall[]): string | null {
  const called = calls.filter(
    ({ role, nodeId }) => role === 'do' && nodes[nodeId]?.kind === 'action' && !nodes[nodeId].afterPivot
  );
  return called.at(-1)?.nodeId ?? null;
}

function exported(name: string, { document }: FlowManifest, { result, children }: PlayedWhole): ExportedTrial | null {
  const { plan, calls, end, events, moments } = result;
  const isClosed = end.kind === 'completed' || end.kind === 'failed';
  if (!isClosed) return null;
  const nodes = new Map(allNodes(document.steps).map((node) => [node.id, node]));
  const idOf = ({ nodeId, role }: TrialCall) => (role === 'do' ? nodeId : `${nodeId}:${role}`);
  const isOfChild = ({ nodeId }: TrialCall) => nodes.get(nodeId)?.kind === 'child';
  const made = calls.filter(({ role }) => role === 'do' || role === 'undo' || role === 'check');
  const first = made.filter((call) => call.attempt === 1 && !isOfChild(call));
  const orders = ordersIn(document, events, moments);
  const answers = first.flatMap((call): [string, ExportedTrial['answers'][string]][] => {
    const order = orders.get(idOf(call)) ?? {};
    if (call.answer?.kind === 'output') return [[idOf(call), { output: call.answer.output ?? null, ...order }]];
    if (call.answer?.kind === 'failure')
      return [[idOf(call), { failure: { type: call.answer.type, message: call.answer.message }, ...order }]];
    return [];
  });
  const undone = made.filter((call) => call.role === 'undo' && call.attempt === 1 && isOfChild(call));
  const below = children.map((child) => ({ child, ...inside(child) }));
  return {
    name,
    input: plan.input ?? null,
    answers: Object.assign(Object.fromEntries(answers), ...below.map((each) => each.answers)),
    decisions: Object.assign(
      Object.fromEntries(
        calls
          .filter(({ role }) => role === 'decision')
          .map(({ nodeId, words, input }) => [nodeId, input ?? (words === 'Rejected' ? 'reject' : 'approve')])
      ),
      ...below.map((each) => each.decisions)
    ) as ExportedTrial['decisions'],
    signals: calls.flatMap(({ role, nodeId, input }) => {
      const node = nodes.get(nodeId);
      return role === 'signal' && node?.kind === 'waitForSignal' ? [{ name: node.signal, payload: input ?? null }] : [];
    }),
    expect: {
      calls: [
        ...first.map(idOf),
        ...below.flatMap((each) => each.calls),
        // What a child has left is undone by the run of its parent.
        ...undone.flatMap((call) => children.find((child) => child.stepId === stepOf(call))?.undos ?? []),
      ].sort(),
      ...(end.kind === 'completed' ? { output: end.output ?? null } : { failure: end.failure?.type ?? 'Error' }),
    } as ExportedTrial['expect'],
  };
}

/** The calls of a child run: those of the same type have the same answers. */
function inside({ manifest, played }: PlayedChild): Pick<ExportedTrial, 'answers' | 'decisions'> & { calls: string[] } {
  const trial = exported('', manifest, played);
  const named = (id: string) => (id.includes('.') ? id : `${manifest.workflowType}.${id}`);
  const answers = Object.entries(trial?.answers ?? {}).map(([id, { after, ...answer }]) => [
    named(id),
    { ...answer, ...(after ? { after: after.map(named) } : {}) },
  ]);
  return {
    answers: Object.fromEntries(answers) as ExportedTrial['answers'],
    decisions: Object.fromEntries(Object.entries(trial?.decisions ?? {}).map(([id, said]) => [named(id), said])),
    calls: (trial?.expect.calls ?? []).map(named),
  };
}

/**
 * The order of the answers at the end of a race. A trial may answer several branches at once, but services do not: the
 * slower calls are cancelled first, and the call that wins is answered when the calls of the other branches have begun.
 */
function ordersIn(
  document: FlowDocument,
  events: TrialResult['events'],
  moments: TrialResult['moments']
): Map<string, AnswerOrder> {
  const attributes = events.map((event) => ({ ...event, ...fieldsOf(event.attributes) }) as Record<string, unknown>);
  const idOf = new Map(attributes.map(({ id, activityId }) => [id, baseOf(String(activityId))]));
  const answered = (from: number, to: number) =>
    attributes
      .slice(from, to)
      .filter(({ type }) => type === 'ActivityTaskCompleted')
      .map(({ scheduledEventId }) => idOf.get(scheduledEventId)!);
  const called = new Set(idOf.values());
  const orders = new Map<string, AnswerOrder>();
  for (const { branches } of allNodes(document.steps).filter((node) => node.kind === 'race')) {
    const stepsOf = new Map(branches.map(({ id, steps }) => [id, allNodes(steps).map((node) => node.id)]));
    for (const [index, { nodes, events: to }] of moments.entries()) {
      const winner = Object.keys(nodes).find((key) => nodes[key]?.state === 'done' && stepsOf.has(baseOf(key)));
      if (winner === undefined) continue;
      const last = answered(moments[index - 1]?.events ?? 0, to);
      const own = stepsOf.get(baseOf(winner))!;
      const others = [...stepsOf.values()].filter((ids) => ids !== own).flat();
      const after = others.filter((id) => called.has(id));
      for (const id of last)
        if (others.includes(id)) orders.set(id, { cancelled: true });
        else if (own.includes(id) && after.length > 0) orders.set(id, { after });
    }
  }
  return orders;
}

/** Without the number of an item. */
const baseOf = (id: string): string => id.replace(/~[\d.]+/, '');
