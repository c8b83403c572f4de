/**
 * The start of a run by a schedule, as a Temporal server makes it (service/worker/scheduler/workflow.go). A workflow
 * type that is the name of a published flow is the newest version of that flow at the moment of the start (design D6);
 * any other is used as it is.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { OVERLAP, type PendingStart, type ScheduleState } from '../schedules/schedule';
import type { ScheduleAddress } from '../store/port';
import { temporal } from '../proto';
import { indexedTypeName } from '../visibility/fields';

const { WorkflowIdReusePolicy, IndexedValueType: Type } = temporal.api.enums.v1;
type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type Payload = temporal.api.common.v1.IPayload;

/** The newest version of a flow that starts runs, or the newest if all are retired; undefined: no flow has this name. */
export type NewestOf = (flow: string) => { workflowType: string; version: number } | undefined;

export const schedulerIdentity = ({ namespace, scheduleId }: ScheduleAddress): string =>
  `temporal-scheduler-${namespace}-${scheduleId}`;

export function scheduledStart(
  address: ScheduleAddress,
  { definition, lastResult, lastFailure }: ScheduleState,
  { workflowId, requestId, nominalMs, overlap, isManual }: PendingStart,
  newestOf: NewestOf
): StartRequest {
  const action = definition.action?.startWorkflow ?? {};
  const flow = action.workflowType?.name ?? '';
  const newest = newestOf(flow);
  const ofFlow = newest && { flow, version: newest.version };
  // Runs that may overlap take no part in it.
  const carries = overlap !== OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL;
  return {
    namespace: address.namespace,
    workflowId,
    workflowType: { name: newest?.workflowType ?? flow },
    taskQueue: action.taskQueue,
    input: action.input,
    workflowExecutionTimeout: action.workflowExecutionTimeout,
    workflowRunTimeout: action.workflowRunTimeout,
    workflowTaskTimeout: action.workflowTaskTimeout,
    identity: schedulerIdentity(address),
    requestId,
    workflowIdReusePolicy: isManual
      ? WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
      : WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
    retryPolicy: action.retryPolicy,
    memo: ofFlow ? { fields: { ...action.memo?.fields, ...memoOf(ofFlow) } } : action.memo,
    searchAttributes: {
      indexedFields: {
        ...action.searchAttributes?.indexedFields,
        ...(ofFlow && attributesOf(ofFlow)),
        TemporalScheduledById: typed(address.scheduleId, Type.INDEXED_VALUE_TYPE_KEYWORD),
        TemporalScheduledStartTime: typed(secondOf(nominalMs), Type.INDEXED_VALUE_TYPE_DATETIME),
      },
    },
    header: action.header,
    userMetadata: action.userMetadata,
    priority: action.priority,
    lastCompletionResult: carries ? lastResult : null,
    continuedFailure: carries ? lastFailure : null,
  };
}

interface FlowVersion {
  flow: string;
  version: number;
}

/** As every start of a flow has it, so that lists and screens find its runs. */
const memoOf = ({ flow, version }: FlowVersion): Record<string, Payload> => ({
  BackstitchFlow: defaultPayloadConverter.toPayload(flow),
  BackstitchVersion: defaultPayloadConverter.toPayload(version),
});
const attributesOf = ({ flow, version }: FlowVersion): Record<string, Payload> => ({
  BackstitchFlow: typed(flow, Type.INDEXED_VALUE_TYPE_KEYWORD),
  BackstitchVersion: typed(version, Type.INDEXED_VALUE_TYPE_INT),
});

function typed(value: string | number, type: number): Payload {
  const payload: Payload = defaultPayloadConverter.toPayload(value);
  return { ...payload, metadata: { ...payload.metadata, type: Buffer.from(indexedTypeName(type)) } };
}

const secondOf = (ms: number): string => new Date(Math.floor(ms / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
