/**
 * What other systems may hear of a run: one row in a log for each change that they could act on, written by the commit
 * that makes the change (events out, app/_server/events).
 *
 * Rules
 * [RCH1] A row has names, states and counts, and never a value of the run: no input, no output, no message of an error,
 *        no searchable field.
 * [RCH2] A run that starts and a run that closes has a row. In between, and after the close, it has one when something
 *        of `ToldState` became another.
 */
import { PAUSE_INFO, type RunAddress, type RunStatus, type TimestampMs } from '../run-name';
import type { VisibilityRecord } from './record';

/** The lease under which a change was written, and its number under that lease. Compared in this order. */
export interface ChangePosition {
  epoch: number;
  number: number;
}

export interface ToldState {
  /** Steps at which an open run waits for a person, or longer for a time. */
  waitsAt?: string[];
  /** Steps that failed and will be tried again. */
  retriesAt?: string[];
  /** The step that ended a failed run. */
  failedAt?: string;
  /** The names of the errors of these. */
  errors?: string[];
  /** Of a saga: unwinding, needs-hand, unwound, left-standing, counting. */
  phase?: string;
  /** How many effects remain, or may remain. */
  remaining?: number;
  paused?: true;
}

export interface RunChange extends RunAddress {
  /** Milliseconds since the epoch, by the clock of the engine. */
  at: TimestampMs;
  /** The run starts with this commit. */
  starts: boolean;
  /** The run closes with this commit. */
  closes: boolean;
  workflowType: string;
  status: RunStatus;
  historyLength: number;
  told: ToldState;
}
export type StoredChange = RunChange & ChangePosition;

/** [RCH1] */
export function toldOf({ searchAttributes: of }: Pick<VisibilityRecord, 'searchAttributes'>): ToldState {
  return {
    ...(Array.isArray(of.SagaWaitsAt) ? { waitsAt: of.SagaWaitsAt } : {}),
    ...(Array.isArray(of.SagaRetriesAt) ? { retriesAt: of.SagaRetriesAt } : {}),
    ...(typeof of.SagaFailedAt === 'string' ? { failedAt: of.SagaFailedAt } : {}),
    ...(Array.isArray(of.SagaError) ? { errors: of.SagaError } : {}),
    ...(typeof of.SagaPhase === 'string' ? { phase: of.SagaPhase } : {}),
    ...(typeof of.SagaStanding === 'number' ? { remaining: of.SagaStanding } : {}),
    ...(of[PAUSE_INFO] ? { paused: true } : {}),
  };
}

/** Negative if `one` is before `other`. */
export const comparePositions = (one: ChangePosition, other: ChangePosition): number =>
  one.epoch - other.epoch || one.number - other.number;
