/** What is sent to the processes of the folder of activities, and what comes back. */
import type { FileProblem, OwnFunction } from '../../flow/connections/own-code';

export interface LoadedFile {
  /** Relative to the folder. */
  file: string;
  code: string;
  /** The source map, as JSON. */
  map: string;
  /** True if it imports no other file, and no package but those of activities. */
  isAlone: boolean;
}

/** What was read from a folder (read/reader-process.ts). */
export interface ReadFolder {
  functions: OwnFunction[];
  problems: FileProblem[];
  files: LoadedFile[];
  /** Sources by file, for exports. */
  sources: Record<string, string>;
}
export type FromReader = { read: ReadFolder } | { bug: string };

/** The part of the information about an attempt that can be sent. */
export interface AttemptData {
  activityId: string;
  activityType: string;
  attempt: number;
  namespace: string;
  workflowType: string;
  workflowExecution?: { workflowId: string; runId: string };
  taskQueue: string;
  scheduledTimestampMs: number;
  currentAttemptScheduledTimestampMs: number;
  scheduleToCloseTimeoutMs: number;
  startToCloseTimeoutMs: number;
  heartbeatTimeoutMs?: number;
  heartbeatDetails?: unknown;
}

export type ToCode =
  | { kind: 'load'; files: LoadedFile[] }
  /** `input`: JSON. `keys`: the second argument. */
  | { kind: 'run'; id: number; function: string; input: string; keys: CallKeys; info: AttemptData }
  | { kind: 'cancel'; id: number; reason: string }
  | { kind: 'ping' };

export interface CallKeys {
  idempotencyKey: string;
  forwardKey?: string;
}

export interface ThrownByCode {
  message: string;
  type: string;
  nonRetryable: boolean;
  details?: unknown[];
  /** Lines of the sources of the folder. */
  stack: string;
  nextRetryDelayMs?: number;
}

export type FromCode =
  | { kind: 'ready' }
  /** What follows may never come: a file can loop while it is loaded. */
  | { kind: 'loading'; file: string }
  | { kind: 'loaded'; functions: string[]; problems: FileProblem[] }
  | { kind: 'pong' }
  | { kind: 'heartbeat'; id: number; details: unknown }
  | { kind: 'log'; id: number; level: LogLevel; message: string; meta?: object }
  /** `output`: JSON. */
  | { kind: 'done'; id: number; output: string }
  | { kind: 'threw'; id: number; thrown: ThrownByCode }
  | { kind: 'cancelled'; id: number };

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
