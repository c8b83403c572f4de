/** The row of an execution, from the answers of lists and describes. */
import type { Payload } from '@temporalio/common';
import { standingOf } from '@/app/_contract/run-standing';
import type { RunStatus, RunSummary } from '@/app/_contract/runs';
import type { temporal } from '@/engine/proto';
import { timestampMs } from '@/engine/proto-time';
import { PAUSED_STATUS } from '@/engine/run-name';
import { decodePayload } from '@/engine/flow/values/payload';
import { LATE_ANSWERS, readLateAnswers } from '@/engine/run-view/late-answers';
import { PASSED_ON, readPassedOn } from '@/engine/run-view/passed-on';
import { fieldValues } from '@/engine/run-view/searchable';
import { SAGA_PHASE, SAGA_STANDING, type SagaPhase } from '@/engine/saga/contract';
import type { VersionCatalogue } from '../flows/catalogue';

type ExecutionInfo = temporal.api.workflow.v1.IWorkflowExecutionInfo;

/** Indexed by WorkflowExecutionStatus. */
const STATUSES: readonly RunStatus[] = [
  'running',
  'running',
  'completed',
  'failed',
  'canceled',
  'terminated',
  'continuedAsNew',
  'timedOut',
  'running',
];
export const statusOf = (status: number | null | undefined): RunStatus => STATUSES[status ?? 1] ?? 'running';

export async function summaryOf(info: ExecutionInfo, catalogue: Pick<VersionCatalogue, 'byType'>): Promise<RunSummary> {
  const workflowType = info.type?.name ?? '';
  const version = await catalogue.byType(workflowType);
  const attributes = decodeFields(info.searchAttributes?.indexedFields);
  const status = statusOf(info.status);
  const phase = phaseOf(single(attributes[SAGA_PHASE]));
  const standing = numberOf(single(attributes[SAGA_STANDING]));
  const lateAnswers = readLateAnswers(attributes[LATE_ANSWERS]);
  const passedOn = readPassedOn(attributes[PASSED_ON]);
  const fields = fieldValues(version?.searchable ?? [], attributes);
  return {
    workflowId: info.execution?.workflowId ?? '',
    runId: info.execution?.runId ?? '',
    firstRunId: info.firstRunId || (info.execution?.runId ?? ''),
    workflowType,
    flow: version?.flow ?? null,
    version: version?.version ?? null,
    revision: version ? revisionOf(attributes[BUILD_IDS], version.version) : null,
    status,
    ...(info.status === PAUSED_STATUS ? { isPaused: true } : {}),
    standingState: standingOf(status, phase, standing, info.status === PAUSED_STATUS),
    phase,
    standing,
    ...(lateAnswers.length > 0 ? { lateAnswers } : {}),
    ...(passedOn ? { passedOn } : {}),
    ...(Object.keys(fields).length > 0 ? { fields } : {}),
    startMs: millisOf(info.startTime) ?? 0,
    closeMs: millisOf(info.closeTime),
  };
}

/** Temporal's attribute. Runs on the first revision of their version have none. */
const BUILD_IDS = 'BuildIds';
function revisionOf(buildIds: unknown, version: number): string {
  const named = Array.isArray(buildIds) ? (buildIds as unknown[]) : [];
  const ours = named.find((each) => typeof each === 'string' && each.startsWith(`v${version}.`));
  return typeof ours === 'string' ? ours : `v${version}.0`;
}

const PHASES: readonly SagaPhase[] = ['unwinding', 'needs-hand', 'unwound', 'left-standing', 'counting'];
const phaseOf = (value: unknown): SagaPhase | null => PHASES.find((phase) => phase === value) ?? null;
/** An attribute may be a value or a list with one value. */
const single = (value: unknown): unknown => (Array.isArray(value) ? (value as unknown[])[0] : value);

export function decodeFields(fields: Record<string, Payload> | null | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, payload]) => {
      try {
        return [name, decodePayload(payload)];
      } catch {
        return [name, null];
      }
    })
  );
}

/** Longs, numbers and strings of digits. */
export function numberOf(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(typeof value === 'object' ? String(value) : value);
  return Number.isFinite(number) ? number : null;
}

/** Null for an instant that is not set. */
export const millisOf = (timestamp: Parameters<typeof timestampMs>[0]): number | null => timestampMs(timestamp) || null;
