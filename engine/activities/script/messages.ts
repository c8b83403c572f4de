/** What is sent to the thread of a script, and what comes back. */
export interface ScriptJob {
  /** The body of an async function of `input`. */
  code: string;
  /** JSON. */
  input: string;
  timeoutMs: number;
  memoryMb: number;
  /** Characters. */
  largestOutput: number;
}

export type ScriptEnd =
  /** `output`: JSON. */
  | { kind: 'done'; output: string }
  /** `line`: of the code, from 1. */
  | { kind: 'threw'; name: string; message: string; line: number | null }
  | { kind: 'time' }
  | { kind: 'memory' }
  | { kind: 'size' }
  /** The thread ended for another reason. */
  | { kind: 'lost' };

export type FromThread = { kind: 'ready' } | { kind: 'end'; end: ScriptEnd };
