/**
 * What a run carries to the next run of its chain when it continues as new, as data: the second argument of a workflow
 * with a long loop. The next run goes on with the loop where this one stopped. Pure: the saga
 * library writes and reads it, and the screens read it in the Started event.
 *
 * Rules
 * [CRD1] Keys, undos and the order of arming are carried as they are, and never computed again.
 * [CRD2] An effect that is settled (undone, undone by hand) is carried without its keys and its undo, because nothing
 *        is called for it any more.
 * [CRD3] Only a run that was continued takes it: with a schedule or a retry policy a later run would get it once more.
 */
import type { NodesReport } from './contract';
import type { HandedEffect } from './handed';
import { unpacked, type PackedEffects } from './packed';

/** An effect of the chain. `madeBy`: the type of the run that did it, if a child handed it over. */
export interface CarriedEffect extends Omit<HandedEffect, 'madeBy'> {
  madeBy?: string;
}
/** Effects that are undone as a whole, as in the ledger. */
export interface CarriedScope {
  unwind: 'reverse' | 'together';
  items: (CarriedEffect | CarriedScope)[];
}

/** The loop with which the next run goes on. */
export interface CarriedLoop {
  id: string;
  /** The next round, or the next item; from 1. */
  next: number;
  /** Of a loop over a list: the items that have not begun, and what the others gave. */
  each?: {
    items: readonly unknown[];
    given: [item: number, result: unknown][];
    failures: { item: number; type: string; message: string }[];
  };
}

/** A task in the inbox that is closed: a late decision is rejected with what happened. */
export interface CarriedTask {
  title: string;
  decision: { decision: string; actor: { id: string; name: string } } | null;
  over: 'timedOut' | 'cancelled' | 'refused' | 'disagreed' | null;
}

/** The failure of a run that turns back (carried-failure.ts). */
export type CarriedFailure = { message: string; cause: CarriedFailure | null } & (
  | { kind: 'application'; type: string; details: unknown[] }
  | { kind: 'cancelled' }
  | { kind: 'timeout'; timeoutType: string }
  | { kind: 'activity'; activityType: string; activityId: string; retryState: string; identity: string }
  | {
      kind: 'child';
      namespace: string;
      execution: { workflowId: string; runId: string };
      workflowType: string;
      retryState: string;
    }
);

export interface Carried {
  continues: 1;
  /** Null: the flow has failed. */
  loop: CarriedLoop | null;
  /** The next run goes on with the undoing, and ends with this failure. */
  failure: CarriedFailure | null;
  /** Variables of the flow, and outputs that later steps read, by name. */
  values: unknown;
  /** The names of all of them, also of those without a value. Missing in runs of an older release. */
  names?: readonly string[];
  /** For declared queries, updates and searchable fields. */
  outputs: Record<string, unknown>;
  /** The last item of the scope is that of the loop, if there is one. */
  effects: PackedEffects;
  /** How many were armed. */
  armed: number;
  /** The point of no return was passed. */
  pivoted: boolean;
  /** The states of the nodes before the loop. Of a node in a loop before it: of its last item or round. */
  nodes: NodesReport['nodes'];
  /** By name: signals that no step has taken, and the keys of all that came. */
  signals: Record<string, { kept: unknown[]; keys: string[] }>;
  /** By id. */
  tasks: Record<string, CarriedTask>;
  /** By the id of the step: who decided it (deciders.ts). Missing in runs of an older release. */
  deciders?: Record<string, readonly string[]>;
  /** Null: the flow has no deadline. */
  deadlineAtMs: number | null;
  /** What was written last, by the name of the searchable field. */
  searchable: Record<string, string>;
}

/** Null: the value is nothing that a run carried. */
export function carriedBy(value: unknown): Carried | null {
  if (typeof value !== 'object' || value === null) return null;
  const { continues, loop, failure, effects, nodes } = value as Partial<Carried>;
  const isCarried = continues === 1 && Boolean(loop?.id ?? failure?.kind) && Array.isArray(effects?.scope?.items);
  return isCarried && typeof nodes === 'object' ? (value as Carried) : null;
}

/** In the order of arming. */
export function carriedEffects({ effects }: Carried): CarriedEffect[] {
  const all = ({ items }: CarriedScope): CarriedEffect[] =>
    items.flatMap((item) => ('items' in item ? all(item) : [item]));
  return all(unpacked(effects)).sort((a, b) => a.seq - b.seq);
}
