/** What must hold of all runs at the end of a play, whatever happened meanwhile. */
import type { HistoryEvent } from '../../history';
import { temporal } from '../../proto';
import { idOf } from '../../proto-time';
import { STATUS } from '../../run-name';
import type { Play } from './play';
import type { StoredHistory } from './test-engine';

const { WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

/** What is read of a run. */
type Told = Pick<StoredHistory, 'workflowId' | 'runId' | 'events'>;
const startedOf = ({ events }: Told) => events[0]!.workflowExecutionStartedEventAttributes!;
const isReset = ({ events }: Told) =>
  events.some(
    ({ workflowTaskFailedEventAttributes: failed }) => failed?.cause === Cause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW
  );
const nextOf = ({ events }: Told) => events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;

export function verdict({ store, deleted }: Play, runs: readonly StoredHistory[]): string[] {
  const wrong = store.reused.map((runKey) => `key ${runKey} was given twice`);
  for (const { workflowId, runId, status, wakeAt } of runs) {
    if (status === STATUS.running) wrong.push(`${workflowId} never ended`);
    if (wakeAt !== null) wrong.push(`${workflowId} still owes something`);
    if (deleted.includes(runId)) wrong.push(`${workflowId}/${runId} was deleted, and is still there`);
  }
  const touched = runs.some(isReset) || deleted.length > 0;
  return [...wrong, ...ofChains(runs, deleted), ...ofResets(runs), ...(touched ? [] : ofMessages(runs))];
}

/** Each run that continues another one is named by that one, and each that was continued has its next one. */
export function ofChains(runs: readonly Told[], deleted: readonly string[]): string[] {
  const byId = new Map(runs.map((run) => [run.runId, run]));
  return runs.flatMap((run) => {
    const wrong: string[] = [];
    const before = startedOf(run).continuedExecutionRunId;
    const predecessor = before ? byId.get(before) : undefined;
    if (before && !isReset(run) && !deleted.includes(before) && (!predecessor || nextOf(predecessor) !== run.runId))
      wrong.push(`${run.runId} continues ${before}, which does not name it`);
    const next = nextOf(run);
    if (next && !byId.has(next) && !deleted.includes(next)) wrong.push(`${run.runId} continues as no run`);
    return wrong;
  });
}

/** A reset makes one run, which begins with the events of its base. */
export function ofResets(runs: readonly Told[]): string[] {
  const wrong: string[] = [];
  const bases = new Set<string>();
  for (const { events, runId } of runs)
    for (const { eventId, workflowTaskFailedEventAttributes: failed } of events) {
      if (failed?.cause !== Cause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW || failed.newRunId !== runId) continue;
      const base = runs.find((run) => run.runId === failed.baseRunId);
      const point = `${failed.baseRunId}/${idOf(eventId)}`;
      if (bases.has(point)) wrong.push(`${point} was reset twice`);
      bases.add(point);
      const kept = base?.events.slice(0, idOf(failed.scheduledEventId)) ?? [];
      const same = kept.every((event, index) => bytes(event) === bytes(events[index]!));
      if (base && !same) wrong.push(`${runId} does not begin with the events of its base`);
    }
  return wrong;
}
const bytes = (event: HistoryEvent) =>
  Buffer.from(temporal.api.history.v1.HistoryEvent.encode(event).finish()).toString('base64');

/** What runs asked of each other happened once. */
export function ofMessages(runs: readonly Told[]): string[] {
  const wrong: string[] = [];
  const heard = new Map<string, number>();
  const begun = new Set<string>();
  for (const run of runs) {
    for (const { workflowExecutionSignaledEventAttributes: signal } of run.events)
      if (signal) heard.set(signal.requestId!, (heard.get(signal.requestId!) ?? 0) + 1);
    const { parentWorkflowExecution: parent, parentInitiatedEventId, continuedExecutionRunId } = startedOf(run);
    if (!parent?.runId || continuedExecutionRunId) continue;
    const by = `${parent.runId}/${idOf(parentInitiatedEventId)}`;
    if (begun.has(by)) wrong.push(`${run.runId} is the second child of ${by}`);
    begun.add(by);
  }
  for (const [id, times] of heard) if (times > 1) wrong.push(`signal ${id} arrived ${times} times`);
  for (const { workflowId, runId, events } of runs)
    for (const event of events) {
      const message = (id: Parameters<typeof idOf>[0]) => `${runId}/${idOf(id)}`;
      const { externalWorkflowExecutionSignaledEventAttributes: signaled } = event;
      if (signaled && heard.get(message(signaled.initiatedEventId)) !== 1)
        wrong.push(`a signal of ${workflowId} arrived ${heard.get(message(signaled.initiatedEventId)) ?? 0} times`);
      const { signalExternalWorkflowExecutionFailedEventAttributes: unsignaled } = event;
      if (unsignaled && heard.has(message(unsignaled.initiatedEventId)))
        wrong.push(`a signal of ${workflowId} arrived, and failed`);
      const { childWorkflowExecutionStartedEventAttributes: child } = event;
      if (child && !begun.has(message(child.initiatedEventId))) wrong.push(`${workflowId} has a child that is no run`);
      const { startChildWorkflowExecutionFailedEventAttributes: refused } = event;
      if (refused && begun.has(message(refused.initiatedEventId))) wrong.push(`${workflowId} has a refused child`);
    }
  return wrong;
}
