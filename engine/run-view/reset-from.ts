/** The run from which a reset made this one. Temporal says it in the event with which the new history begins to differ. */
import { failureOf } from './failure';
import type { RunEvent } from './model';

export interface ResetFrom {
  /** Of the base, which has the same workflow id. */
  runId: string;
  /** As it was given, with the name of the person behind it. */
  reason: string;
  atMs: number;
}

/** Null if the run was not made by a reset. A run can have the resets of its base before its own. */
export function resetFrom(events: readonly RunEvent[], runId: string): ResetFrom | null {
  const event = events.findLast(
    ({ type, attributes }) => type === 'WorkflowTaskFailed' && attributes.newRunId === runId && attributes.baseRunId
  );
  if (!event) return null;
  const { baseRunId, failure } = event.attributes;
  return { runId: String(baseRunId), reason: failureOf(failure)?.message ?? '', atMs: event.timeMs };
}
