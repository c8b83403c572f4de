/**
 * What stopping or killing many runs would do, counted by consequence. The consequence of one run is that of the dialogs
 * of its own page (stopping.ts). Pure.
 *
 * [CSQ1] Every run that was read is in exactly one group of a stop: undoes so many steps, waits for an answer first and
 *        undoes nothing yet, has nothing to undo, changes nothing, or cannot be told.
 */
import type { FlowManifest } from '../flow/manifest';
import type { RunFacts } from './model';
import { project } from './project';
import { idleStopOf, policyOf, stoppingOf, type IdleStop } from './stopping';

/** Numbers of runs, unless it says otherwise. */
export interface Consequences {
  read: number;
  /** By the number of steps that a stop undoes, from 1. */
  undo: Record<string, number>;
  /** Nothing is undone but what an answer that is awaited says to have happened. */
  waitOnly: number;
  nothing: number;
  idle: Record<IdleStop, number>;
  /** Runs of no flow: what they would do is their code's affair. */
  untold: number;
  /** Of those that a stop changes: they wait for an answer first. */
  wait: number;
  /** Of those that wait: a person is asked if no answer comes. */
  ask: number;
  /** Of those that a stop changes: an effect has no undo, or is left as it is. */
  keep: number;
  /** Killed now, an effect of them remains or may remain. */
  leave: number;
  /** Effects that remain, or may remain, if all are killed now. */
  effects: { remains: number; mayRemain: number };
}

export const NO_CONSEQUENCES: Consequences = {
  read: 0,
  undo: {},
  waitOnly: 0,
  nothing: 0,
  idle: { pastPivot: 0, undoing: 0, asked: 0 },
  untold: 0,
  wait: 0,
  ask: 0,
  keep: 0,
  leave: 0,
  effects: { remains: 0, mayRemain: 0 },
};

/** Of one open run. Without a manifest it is a run of no flow. */
export function consequencesOf(facts: RunFacts, phase: string | null, manifest: FlowManifest | null): Consequences {
  if (!manifest) return { ...NO_CONSEQUENCES, read: 1, untold: 1 };
  const projection = project(facts, manifest);
  const { remains, mayRemain } = projection.ledger;
  const killed = { read: 1, leave: remains + mayRemain > 0 ? 1 : 0, effects: { remains, mayRemain } };
  const idle = idleStopOf(facts.events, projection, phase, manifest);
  if (idle) return { ...NO_CONSEQUENCES, ...killed, idle: { ...NO_CONSEQUENCES.idle, [idle]: 1 } };
  const { undone, waitsFor, stays } = stoppingOf(projection);
  const waits = waitsFor.length > 0;
  const asks = waitsFor.some(({ nodeId }) => policyOf(nodeId, manifest.document) === 'ask');
  return {
    ...NO_CONSEQUENCES,
    ...killed,
    undo: undone.length > 0 ? { [undone.length]: 1 } : {},
    waitOnly: undone.length === 0 && waits ? 1 : 0,
    nothing: undone.length === 0 && !waits ? 1 : 0,
    wait: waits ? 1 : 0,
    ask: asks ? 1 : 0,
    keep: stays.length > 0 ? 1 : 0,
  };
}

/** Of all runs of both. */
export function sumOf(a: Consequences, b: Consequences): Consequences {
  const undo = { ...a.undo };
  for (const [steps, runs] of Object.entries(b.undo)) undo[steps] = (undo[steps] ?? 0) + runs;
  return {
    read: a.read + b.read,
    undo,
    waitOnly: a.waitOnly + b.waitOnly,
    nothing: a.nothing + b.nothing,
    idle: {
      pastPivot: a.idle.pastPivot + b.idle.pastPivot,
      undoing: a.idle.undoing + b.idle.undoing,
      asked: a.idle.asked + b.idle.asked,
    },
    untold: a.untold + b.untold,
    wait: a.wait + b.wait,
    ask: a.ask + b.ask,
    keep: a.keep + b.keep,
    leave: a.leave + b.leave,
    effects: {
      remains: a.effects.remains + b.effects.remains,
      mayRemain: a.effects.mayRemain + b.effects.mayRemain,
    },
  };
}
