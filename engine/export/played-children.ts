/**
 * A trial of a flow with its children. In a trial a child is one effect (trial/planned-children.ts). In a project its code
 * runs, so here each child is played by itself, with the input that it gets, and its parent is played with the output that
 * it gives.
 *
 * A tree is left out (null) if a child does not complete by itself: it waits for a signal or a person, or it may be
 * stopped by the end of a parent that does not wait for it.
 */
import type { FlowManifest } from '../flow/manifest';
import { planSchema, type TrialPlan } from '../flow/trial-plan';
import { allNodes } from '../flow/tree';
import { handedIdOf } from '../saga/handed';
import { stepIdOf } from '../saga/item-path';
import { ledgerOf } from '../run-view/ledger';
import type { TrialCall, TrialResult } from '../trial/result';

export interface PlayedWhole {
  result: TrialResult;
  /** In the order in which they were started. */
  children: PlayedChild[];
}
export interface PlayedChild {
  /** Of the parent: 'pay', 'pay~2'. */
  stepId: string;
  manifest: FlowManifest;
  played: PlayedWhole;
  /** The undos that its parent calls if it undoes the child, without the numbers of items: 'pay/charge:undo'. */
  undos: string[];
}

interface Tree {
  below: ReadonlyMap<string, FlowManifest>;
  play(manifest: FlowManifest, plan: TrialPlan): Promise<TrialResult>;
}

/** A child may start after another one has ended, so the parent is played again with each output that is known. */
const MOST_CHILDREN = 30;

export const stepOf = ({ nodeId, path }: Pick<TrialCall, 'nodeId' | 'path'>): string => stepIdOf(nodeId, path);

export async function playWhole(manifest: FlowManifest, from: TrialPlan, tree: Tree): Promise<PlayedWhole | null> {
  const children = new Map<string, PlayedChild>();
  let plan = from;
  for (let more = 0; more <= MOST_CHILDREN; more++) {
    const result = await tree.play(manifest, plan);
    const started = result.calls.filter(({ nodeId, role }) => role === 'do' && manifest.nodes[nodeId]?.child);
    const next = started.find((call) => !children.has(stepOf(call)));
    if (!next) return { result, children: started.map((call) => children.get(stepOf(call))!) };
    const child = await playChild(manifest, next, tree);
    if (!child) return null;
    children.set(child.stepId, child);
    plan = withOutput(plan, next, child.played.result.end.output);
  }
  return null;
}

async function playChild(parent: FlowManifest, call: TrialCall, tree: Tree): Promise<PlayedChild | null> {
  const { nodeId, input } = call;
  const manifest = tree.below.get(parent.nodes[nodeId]?.child?.workflowType ?? '');
  const node = allNodes(parent.document.steps).find(({ id }) => id === nodeId);
  const isStopped = node?.kind === 'child' && node.waits === 'start' && (node.onParentClose ?? 'leave') !== 'leave';
  if (!manifest || isStopped) return null;
  const played = await playWhole(manifest, planSchema.parse({ input }), tree);
  if (played?.result.end.kind !== 'completed') return null;
  if (played.result.calls.some(({ role }) => role === 'signal' || role === 'decision')) return null;
  const stepId = stepOf(call);
  const undos = armedIn(manifest, played).map((id) => withoutItems(`${handedIdOf(stepId, id)}:undo`));
  return { stepId, manifest, played, undos };
}

/** What the run leaves with an undo: nothing after its point of no return. Of its children, what those left. */
function armedIn(manifest: FlowManifest, { result, children }: PlayedWhole): string[] {
  const { nodes } = manifest;
  const hasPivoted = result.reached.some((id) => nodes[id]?.pivot);
  if (hasPivoted) return [];
  const own = ledgerOf(result.events, manifest).entries.flatMap(({ activityId, nodeId, state }) =>
    state === 'standing' && nodes[nodeId]?.kind === 'action' && nodes[nodeId].undo ? [activityId] : []
  );
  const waited = children.filter(({ stepId }) => nodes[stepId.split('~')[0]!]?.child?.waits === 'end');
  return [...own, ...waited.flatMap(({ undos }) => undos.map((id) => id.replace(/:undo$/, '')))];
}

/** For the item, or for all runs of the step if it is in no loop. */
function withOutput(plan: TrialPlan, { nodeId, path }: TrialCall, output: unknown): TrialPlan {
  const said = { answers: [{ kind: 'output' as const, output: output ?? null }] };
  const step = plan.steps[nodeId] ?? {};
  const changed =
    path.length === 0 ? { ...step, ...said } : { ...step, items: { ...step.items, [path.join('.')]: said } };
  return { ...plan, steps: { ...plan.steps, [nodeId]: changed } };
}

const withoutItems = (id: string): string => id.replace(/~[\d.]+/g, '');
