/** What a run was started with, and what it ended with. */
import { failureOf } from './failure';
import { outputOf } from './handed-over';
import type { FailureView, RunEvent, RunFacts } from './model';

/** A flow has one argument; a workflow that is not a flow may have several. */
export function inputOfRun(events: readonly RunEvent[]): unknown {
  const args: unknown = events[0]?.attributes.input;
  return Array.isArray(args) && args.length === 1 ? args[0] : args;
}

type Ended = Pick<RunFacts, 'status' | 'events'>;

/** Undefined for a run that is open, or that ended without one. */
export function resultOfRun({ status, events }: Ended): unknown {
  if (status !== 'completed') return undefined;
  const result: unknown = events.at(-1)?.attributes.result;
  // A child's result also carries the effects that it hands over: they are in the ledger.
  return outputOf(Array.isArray(result) && result.length === 1 ? result[0] : result) ?? undefined;
}

/** The failure with which a run ended; null if it did not fail. */
export const failureOfRun = ({ status, events }: Ended): FailureView | null =>
  status === 'running' ? null : failureOf(events.at(-1)?.attributes.failure);
