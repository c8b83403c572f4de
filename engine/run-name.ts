/** The name of a run in the engine, and its status. */

/**
 * The number of a run within the engine. The single writer assigns it (max + 1 at takeover, then counted in memory).
 */
export type RunKey = number;

/** Milliseconds since the epoch. */
export type TimestampMs = number;

export interface RunAddress {
  namespace: string;
  workflowId: string;
  runId: string;
}

/**
 * Temporal's WorkflowExecutionStatus numbers (1 running, 2 completed, 3 failed, 4 canceled, 5 terminated, 6
 * continued-as-new, 7 timed out).
 */
export const STATUS = {
  running: 1,
  completed: 2,
  failed: 3,
  canceled: 4,
  terminated: 5,
  continuedAsNew: 6,
  timedOut: 7,
} as const;
/**
 * What an open run that is paused is called, as by Temporal servers after version 1.29. It is not stored: the run is
 * open.
 */
export const PAUSED_STATUS = 8;
/** The search attribute that shows what is paused of a run, and the mark in it of a run that is paused itself. */
export const PAUSE_INFO = 'TemporalPauseInfo';
export const PAUSED_RUN = 'property:status=Paused';
export type RunStatus = (typeof STATUS)[keyof typeof STATUS];
