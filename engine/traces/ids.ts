/**
 * Ids of traces and spans, which follow from the run: whoever exports a run again, after a crash or on another machine, sends
 * the same spans, and a receiver keeps them once.
 */
import { createHash } from 'node:crypto';

const digest = (text: string, bytes: number): string =>
  createHash('sha256').update(text).digest().subarray(0, bytes).toString('hex');

/** 16 bytes, in hex. */
export const traceIdOf = (runId: string): string => digest(`trace/${runId}`, 16);

/** 8 bytes, in hex. `part`: '' for the run itself. */
export const spanIdOf = (runId: string, part = ''): string => digest(`span/${runId}/${part}`, 8);
