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
  /** Language flags known for this task. */
  flags: number[];
  jobs: Job[];
}

export type ActivationResult =
  | { commands: coresdk.workflow_commands.IWorkflowCommand[]; usedFlags: number[]; logs: SandboxLog[] }
  | { failure: temporal.api.failure.v1.IFailure };

export interface SandboxLog {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  message: string;
  attributes: unknown;
}

export type ToThread =
  | { kind: 'load'; bundleId: string; code: string }
  | { kind: 'activate'; batch: number; activations: Activation[] }
  | { kind: 'dispose'; runKeys: number[] };

export type FromThread = { kind: 'ready' } | { kind: 'activated'; batch: number; results: ActivationResult[] };

export interface ThreadData {
  baseScript: string;
  /**
   * Two shared 32-bit counters: how many activations the thread has begun, and the index within its batch of the one that it is
   * at. The watchdog on the main thread reads them.
   */
  progress: SharedArrayBuffer;
}
