/** What goes between the main thread and the sandbox thread: plain objects that structured clone carries. */
import type { coresdk, temporal } from '../../proto';

/** One job of an activation. `variant` names its only field, as the library's generated class would. */
export type Job = { variant: JobVariant } & coresdk.workflow_activation.IWorkflowActivationJob;
export type JobVariant = Exclude<keyof coresdk.workflow_activation.IWorkflowActivationJob, 'removeFromCache'>;

/** What the library needs to make a run; only with a run's first activation. */
export interface RunCreation {
  bundleId: string;
  /** The library's WorkflowInfo without `unsafe`'s functions. */
  info: Record<string, unknown>;
  /** 8 bytes, big-endian. */
  randomnessSeed: number[];
  /** Note for each command where the code asked for it. Costs a stack trace a command. */
  trace?: boolean;
}

export interface Activation {
  runKey: number;
  create?: RunCreation;
  /** Of the WorkflowTaskStarted event, milliseconds. */
  timestampMs: number;
  isReplaying: boolean;
  historyLength: number;
  historySizeBytes: number;
  continueAsNewSuggested: boolean;
  /** Language flags that the run has not been told yet. */
  flags: number[];
  jobs: Job[];
}

export type ActivationAnswer =
  | {
      commands: coresdk.workflow_commands.IWorkflowCommand[];
      usedFlags: number[];
      logs: SandboxLog[];
      /** One stack a command, of runs that are traced. */
      origins: string[] | null;
    }
  | { failure: temporal.api.failure.v1.IFailure; logs: SandboxLog[] };

/** `notCached`: the thread does not have the run (any more), and there was no creation with it. */
export type ActivationResult = ActivationAnswer | { notCached: true };

export interface SandboxLog {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  message: string;
  /** JSON object: the library's attributes of the run, and what the code gave. */
  attributes: string;
}

export type ToThread =
  | { kind: 'load'; bundleId: string; code: string }
  | { kind: 'unload'; bundleId: string }
  | { kind: 'activate'; batch: number; activations: Activation[] }
  | { kind: 'dispose'; runKeys: number[] };

export type FromThread = { kind: 'ready' } | { kind: 'activated'; batch: number; results: ActivationResult[] };

export interface ThreadData {
  baseScript: string;
  /**
   * Shared 32-bit counters: activations begun; the batch that the thread is at; the index within it, -1 between batches. The
   * watchdog on the main thread reads them.
   */
  progress: SharedArrayBuffer;
}
