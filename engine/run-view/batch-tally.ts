/**
 * What an act on many open runs, other than ending them (consequences.ts), would do, counted by consequence. What it does
 * to one run is what the dialogs of its own page say: a reset is previewed by reset-preview.ts. Pure.
 *
 * [BTY1] Every run that was read is in exactly one group.
 */
import type { FlowManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';
import type { RunFacts } from './model';
import { project } from './project';
import { previewResetAt, resetPointOf } from './reset-preview';

export type TalliedAct =
  | { kind: 'signal'; name: string }
  | { kind: 'retry' }
  | { kind: 'reset'; to: 'first' | 'last' | { step: string } }
  | { kind: 'pause' }
  | { kind: 'resume' };

/**
 * The groups; some have a number or a text behind them, after a space.
 *
 * - waits, later, undeclared: of a signal. The run waits for it now; keeps it until it does; its version has no such signal.
 * - retries <steps>, held, noRetry: of a retry. `held`: what would be tried again is paused.
 * - twice <effects>, refused <sentence>, noPoint, untold: of a reset. `untold`: a run of no flow.
 * - pauses, paused: of a pause.
 * - resumes, goesOn: of a resume.
 */
export interface BatchTally {
  /** Runs. */
  read: number;
  groups: Record<string, number>;
  /** Of a reset: by the title of an effect that may happen twice, runs. */
  effects: Record<string, number>;
  /** Of a reset: runs to which signals are delivered again. */
  redelivered: number;
}

export const NO_TALLY: BatchTally = { read: 0, groups: {}, effects: {}, redelivered: 0 };

/** Of one run. Without a manifest it is a run of no flow. */
export function tallyOf(
  act: TalliedAct,
  facts: RunFacts,
  isPaused: boolean,
  manifest: FlowManifest | null
): BatchTally {
  const inGroup = (group: string): BatchTally => ({ ...NO_TALLY, read: 1, groups: { [group]: 1 } });
  switch (act.kind) {
    case 'signal':
      return inGroup(signalGroup(act.name, facts, manifest));
    case 'retry':
      return inGroup(retryGroup(facts, isPaused));
    case 'pause':
      return inGroup(isPaused ? 'paused' : 'pauses');
    case 'resume':
      return inGroup(isPaused ? 'resumes' : 'goesOn');
    case 'reset':
      return resetTally(act.to, facts, manifest, inGroup);
  }
}

function signalGroup(name: string, facts: RunFacts, manifest: FlowManifest | null): string {
  // A workflow that is no flow may take any name.
  if (!manifest) return 'later';
  if (!Object.hasOwn(manifest.document.signals, name)) return 'undeclared';
  const { nodes } = project(facts, manifest);
  const isWaiting = allNodes(manifest.document.steps).some(
    (node) => node.kind === 'waitForSignal' && node.signal === name && nodes[node.id]?.state === 'waitsForSignal'
  );
  return isWaiting ? 'waits' : 'later';
}

function retryGroup({ pending }: RunFacts, isPaused: boolean): string {
  const steps = pending.filter(({ state }) => state === 'backingOff').length;
  const held = pending.some(({ state }) => state === 'paused') || (isPaused && steps > 0);
  if (held) return 'held';
  return steps > 0 ? `retries ${steps}` : 'noRetry';
}

function resetTally(
  to: Extract<TalliedAct, { kind: 'reset' }>['to'],
  facts: RunFacts,
  manifest: FlowManifest | null,
  inGroup: (group: string) => BatchTally
): BatchTally {
  if (!manifest) return inGroup('untold');
  const { events } = facts;
  const tasks = events.filter(({ type }) => type === 'WorkflowTaskCompleted');
  const eventId =
    typeof to === 'object' ? resetPointOf(to.step, events) : (tasks.at(to === 'first' ? 0 : -1)?.id ?? null);
  if (eventId === null) return inGroup('noPoint');
  const { ledger } = project(facts, manifest);
  const { whyNot, twice, signals } = previewResetAt(eventId, { events, ledger, manifest });
  if (whyNot) return inGroup(`refused ${whyNot}`);
  const effects: Record<string, number> = {};
  for (const { title } of twice) effects[title] = 1;
  return { ...inGroup(`twice ${twice.length}`), effects, redelivered: signals.length > 0 ? 1 : 0 };
}

/** Of all runs of both. */
export function tallySum(a: BatchTally, b: BatchTally): BatchTally {
  return {
    read: a.read + b.read,
    groups: sumsOf(a.groups, b.groups),
    effects: sumsOf(a.effects, b.effects),
    redelivered: a.redelivered + b.redelivered,
  };
}

function sumsOf(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sums = new Map(Object.entries(a));
  for (const [name, runs] of Object.entries(b)) sums.set(name, (sums.get(name) ?? 0) + runs);
  return Object.fromEntries(sums);
}
