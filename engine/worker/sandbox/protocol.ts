/** The messages between the main thread and the sandbox thread: plain objects that structured clone can copy. */
import type { coresdk, temporal } from '../../proto';

/** One job of an activation. `variant` is the name of its only other field, as in the library's generated class. */
export type Job = {
  variant: JobVariant;
  /** Of updateRandomSeed: 8 bytes, big-endian. */
  seed?: number[];
} & coresdk.workflow_activation.IWorkflowActivationJob;
export type JobVariant = Exclude<keyof coresdk.workflow_activation.IWorkflowActivationJob, 'removeFromCache'>;

/** What the library needs to create a run. Sent only with the first activation of a run. */
export interface RunCreation {
  bundleId: string;
  /** The library's WorkflowInfo without `unsafe`'s functions. */
  info: Record<string, unknown>;
  /** 8 bytes, big-endian. */
  randomnessSeed: number[];
  /** Records for each command where the code requested it. This costs one stack trace per command. */
  trace?: boolean;
  /**
   * Knows where each promise was made, for the queries of stack traces. This costs one stack trace per promise, so it is
   * for a replay that only answers them.
   */
  stacks?: boolean;
}

export interface Activation {
  runKey: number;
  create?: RunCreation;
  /** The time of the WorkflowTaskStarted event, in milliseconds. */
  timestampMs: number;
  isReplaying: boolean;
  historyLength: number;
  historySizeBytes: number;
  continueAsNewSuggested: boolean;
  /** Language flags that the run has not received yet. */
  flags: number[];
  jobs: Job[];
}

export type ActivationAnswer =
  | {
      commands: coresdk.workflow_commands.IWorkflowCommand[];
      usedFlags: number[];
      logs: SandboxLog[];
      /** One stack trace per command; only for traced runs. */
      origins: string[] | null;
      /** The run's current details, if they name the nodes that wait for a signal (saga/contract.ts); otherwise ''. */
      signalWaits: string;
    }
  | { failure: temporal.api.failure.v1.IFailure; logs: SandboxLog[] };

/** `notCached`: the run is not in the thread (any more), and the activation did not contain a `create`. */
export type ActivationResult = ActivationAnswer | { notCached: true };

export interface SandboxLog {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  message: string;
  /** A JSON object: the library's attributes of the run, and the attributes that the code passed. */
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
   * Shared 32-bit counters: the number of activations that have begun; the current batch of the thread; the index
   * within the batch, -1 between batches. The watchdog on the main thread reads them.
   */
  progress: SharedArrayBuffer;
}
