/**
 * The start of a child, from what its parent recorded: as processStartChildExecution of a Temporal server writes it; and
 * what every run that a run starts has of it.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import Long from 'long';
import * as history from '../history';
import type { ChildState, RunState, StartRun } from '../history';
import type { temporal } from '../proto';

type Payload = temporal.api.common.v1.IPayload;

/** Who started the parent has started its children: lists and screens read it from the memo. */
const STARTED_BY = ['BackstitchStartedBy', 'BackstitchStarterId'];

/** `child`: not started yet. */
export function startOfChild(parent: RunState, child: ChildState, now: number): Omit<StartRun, 'runKey'> {
  const { namespace, workflowId, runId, started } = parent;
  const { attributes: initiated, userMetadata } = child.initiated!;
  const { delayMs, initiator } = history.firstOfSchedule(initiated.cronSchedule, now);
  return {
    namespace,
    workflowId: child.workflowId,
    runId: child.runId,
    firstRunId: child.runId,
    requestId: child.runId,
    firstWorkflowTaskAt: now + delayMs,
    userMetadata,
    attributes: {
      workflowType: initiated.workflowType,
      parentWorkflowNamespace: namespace,
      parentWorkflowExecution: { workflowId, runId },
      parentInitiatedEventId: Long.fromNumber(child.initiatedEventId),
      rootWorkflowExecution: started.rootWorkflowExecution ?? { workflowId, runId: parent.firstRunId },
      taskQueue: initiated.taskQueue,
      input: initiated.input,
      workflowExecutionTimeout: initiated.workflowExecutionTimeout,
      workflowRunTimeout: initiated.workflowRunTimeout,
      workflowTaskTimeout: initiated.workflowTaskTimeout,
      originalExecutionRunId: child.runId,
      firstExecutionRunId: child.runId,
      retryPolicy: initiated.retryPolicy,
      cronSchedule: initiated.cronSchedule,
      initiator,
      attempt: 1,
      memo: memoOf(parent, initiated.memo?.fields),
      searchAttributes: initiated.searchAttributes,
      header: initiated.header,
      workflowId: child.workflowId,
      priority: merged(started.priority, initiated.priority),
    },
  };
}

/** The memo of a run that `parent` starts, or continues as. */
export function memoOf(parent: RunState, own: Record<string, Payload> | null | undefined) {
  const starter = STARTED_BY.flatMap((name) => {
    const value = parent.memo[name];
    return value ? [[name, value] as const] : [];
  });
  return starter.length > 0 || own ? { fields: { ...own, ...Object.fromEntries(starter) } } : null;
}

/** What the child does not say is its parent's (common/priorities/priority_util.go). */
function merged(
  parent: temporal.api.common.v1.IPriority | null | undefined,
  own: temporal.api.common.v1.IPriority | null | undefined
): temporal.api.common.v1.IPriority | null | undefined {
  if (!parent || !own) return own ?? parent;
  return {
    priorityKey: own.priorityKey || parent.priorityKey,
    fairnessKey: own.fairnessKey || parent.fairnessKey,
    fairnessWeight: own.fairnessWeight || parent.fairnessWeight,
  };
}

export const starterOf = ({ memo }: RunState): string => {
  const [name] = STARTED_BY;
  const payload = memo[name!];
  const value: unknown = payload && defaultPayloadConverter.fromPayload(payload as never);
  return typeof value === 'string' ? value : '';
};
