/**
 * What lists know of runs that need attention because a step fails: where, with which error, and whether the run goes on
 * by itself. The engine derives it from the state of a run whenever it writes the row of the run in lists, in the same
 * commit, so it is as durable as the run, and found again after a crash. It is in no event.
 *
 * Rules
 * [ATN1] A failed run has the step and the error that ended it: `SagaFailedAt`, `SagaError`. Failures that only say that
 *        something else failed (of an activity, of a child, the report of what remains) are looked through. A run that
 *        another run of its chain follows is not listed, because it is retried.
 * [ATN2] An open run has the steps that failed and will be tried again: `SagaRetriesAt`, each once, with its error at the
 *        same place of `SagaError`. The row is written when a step fails for the first time, when its error has another
 *        name, and when no attempt of it is pending any more: not at every attempt.
 * [ATN3] `SagaAttention` has both together, as one text that a filter can compare: 'failed charge HttpStatus 503'.
 * [ATN9] An expression that fails a run belongs to the step that its page names (run-view/closing-failure.ts): inside a
 *        loop to the inner step, after a step to the next one. None is named where that is not certain.
 * [ATN4] `SagaErrorText` has what the error says, but not in flows that have sensitive values, because a message may
 *        quote one.
 * [ATN5] The rows of runs that failed before there was such a list are written again once, without counting their effects
 *        (the migration engine_attention).
 * [ATN7] An open run that asks a person about a step has it in `SagaAttention`, with the error: 'asks pay:undo Refused'. It
 *        is the last step that failed. A failed run that says what remains has the first step of it that nobody settled:
 *        'remains pay '. Other runs are found by what remains or is asked, without a step.
 * [ATN6] `SagaWaitsAt` has the steps at which an open run waits for a person, or at least ten seconds for a time
 *        (history/waits.ts).
 * [ATN8] It also has the steps that wait for a signal without a timeout, from the commit of the workflow task on with
 *        which they began to.
 */
import * as history from '../history';
import type { RunState } from '../history';
import { STATUS } from '../run-name';
import { storableText } from '../plain-text';
import { readPayload } from '../flow/values/json';
import { idOf } from '../proto-time';
import { parseActivityId } from '../run-view/activity-id';
import { isLeft } from '../run-view/ledger';
import type { LedgerState } from '../saga/contract';
import { LEFT_STANDING } from '../saga/handed';
import type { temporal } from '../proto';
import type { SearchAttributeValue } from '../visibility/record';

type Failure = temporal.api.failure.v1.IFailure;
interface FailedStep {
  /** Null: the failure does not name it. */
  step: string | null;
  error: string;
  message: string;
}

/** Failures are nested about as deep as runs start children. */
const DEEPEST = 20;
const LONGEST_TEXT = 300;
/** More steps than that in one run are no help in a list. */
const MOST_STEPS = 20;

/** The search attributes that say where a run fails; none for a run that does not. */
export function attentionOf(state: RunState): Record<string, SearchAttributeValue> {
  if (state.status === STATUS.running) {
    const retrying: ReturnType<typeof retryingOf> = state.retryingActivities > 0 ? retryingOf(state) : {};
    return { ...waitsOf(state), ...retrying, ...marked([...asksOf(state), ...(retrying.SagaAttention ?? [])]) };
  }
  const failed = failedStepOf(state);
  if (!failed) return {};
  const { step, error, message } = failed;
  return {
    ...(step === null ? {} : { SagaFailedAt: step }),
    SagaError: [error],
    ...marked([`failed ${step ?? '-'} ${error}`, ...remainsOf(state)]),
    ...textOf(state, message),
  };
}

const marked = (marks: string[]): Record<string, SearchAttributeValue> =>
  marks.length > 0 ? { SagaAttention: marks } : {};

/** [ATN7] */
function asksOf({ searchAttributes, lastFailed }: RunState): string[] {
  if (searchAttributes.SagaPhase !== 'needs-hand' || !lastFailed) return [];
  return [`asks ${stepOf(lastFailed.activityId, lastFailed.activityType)} ${lastFailed.error}`];
}

/** [ATN7] */
function remainsOf({ closeEvent, afterClose }: RunState): string[] {
  const failure = closeEvent?.workflowExecutionFailedEventAttributes?.failure?.applicationFailureInfo;
  if (failure?.type !== LEFT_STANDING) return [];
  const settled = (afterClose?.settled ?? []).filter(({ found }) => found !== 'remains');
  const [first] = reportedSteps(failure.details?.payloads?.[0]).filter(
    (each) => !settled.some(({ activityId }) => activityId === each)
  );
  // What a child handed over is the step of the child here.
  return first === undefined ? [] : [`remains ${stepOf(first.split('/', 1)[0]!, '')} `];
}

/** The report of the saga library (saga/contract.ts): the activity ids of what remains. */
function reportedSteps(payload: temporal.api.common.v1.IPayload | undefined): string[] {
  try {
    const report = readPayload(new TextDecoder().decode(payload?.data ?? new Uint8Array()));
    const { entries } = report as { entries?: unknown };
    if (!Array.isArray(entries)) return [];
    return (entries as { activityId?: unknown; state?: unknown }[]).flatMap(({ activityId, state }) =>
      typeof activityId === 'string' && isLeft(state as LedgerState) ? [activityId] : []
    );
  } catch {
    return [];
  }
}

/** [ATN6] */
function waitsOf(state: RunState): Record<string, SearchAttributeValue> {
  const steps = history.waitsOf(state).slice(0, MOST_STEPS);
  return steps.length > 0 ? { SagaWaitsAt: steps } : {};
}

function retryingOf(state: RunState): Record<string, SearchAttributeValue> & { SagaAttention?: string[] } {
  const found = new Map<string, FailedStep & { step: string }>();
  let sinceMs = Infinity;
  for (const { lastFailure, activityId, activityType, scheduledTimeMs } of state.activities.values()) {
    if (!lastFailure) continue;
    sinceMs = Math.min(sinceMs, scheduledTimeMs);
    const step = stepOf(activityId, activityType);
    const error = history.errorName(lastFailure);
    if (found.size < MOST_STEPS) found.set(`${step} ${error}`, { step, error, message: lastFailure.message ?? '' });
  }
  const failing = [...found.values()];
  if (failing.length === 0) return {};
  return {
    SagaRetriesAt: failing.map(({ step }) => step),
    SagaError: failing.map(({ error }) => error),
    SagaAttention: failing.map(({ step, error }) => `retries ${step} ${error}`),
    SagaAttentionSince: new Date(sinceMs).toISOString(),
    ...textOf(state, [...new Set(failing.map(({ message }) => message))].join(' · ')),
  };
}

function failedStepOf(state: RunState): FailedStep | null {
  const { status, closeEvent, failedChildren } = state;
  if (status === STATUS.timedOut) {
    const next = closeEvent?.workflowExecutionTimedOutEventAttributes?.newExecutionRunId;
    return next ? null : { step: null, error: 'RunTimeout', message: 'The run took longer than allowed.' };
  }
  const attributes = closeEvent?.workflowExecutionFailedEventAttributes;
  if (status !== STATUS.failed || !attributes || attributes.newExecutionRunId) return null;
  let failure: Failure = attributes.failure ?? {};
  let step: string | null = null;
  let isOfChild = false;
  for (let depth = 0; depth < DEEPEST && failure.cause; depth++) {
    const { activityFailureInfo: activity, childWorkflowExecutionFailureInfo: child, applicationFailureInfo } = failure;
    const isReport = applicationFailureInfo?.type === LEFT_STANDING;
    if (!activity && !child && !isReport) break;
    // The first one that is no report is of this run, the others of its children.
    if (activity && !isOfChild) step = stepOf(activity.activityId ?? '', activity.activityType?.name ?? '');
    if (child && !isOfChild) step = childStep(failedChildren.get(idOf(child.initiatedEventId)));
    isOfChild ||= Boolean(activity ?? child);
    failure = failure.cause;
  }
  if (!isOfChild) step ??= placeOf(state, failure);
  return { step, error: history.errorName(failure), message: failure.message ?? '' };
}

/** Of the step's item too: 'ship~2' is the step 'ship'. */
const childStep = (summary: string | undefined): string | null =>
  summary === undefined ? null : (parseActivityId(summary)?.nodeId ?? null);

/** The step of a flow, with `:undo` and the like; of other workflows, whose ids of activities say nothing, the type. */
function stepOf(activityId: string, activityType: string): string {
  const parsed = parseActivityId(activityId);
  if (!parsed) return activityType.replace(/\s+/g, '-').slice(0, 100) || '-';
  return parsed.role === 'do' ? parsed.nodeId : `${parsed.nodeId}:${parsed.role}`;
}

/** [ATN9] */
function placeOf({ rules, started, revision }: RunState, { applicationFailureInfo }: Failure): string | null {
  if (applicationFailureInfo?.type !== 'ExpressionError') return null;
  try {
    const data = applicationFailureInfo.details?.payloads?.[0]?.data;
    const { nodeId, after } = readPayload(new TextDecoder().decode(data ?? new Uint8Array())) as Record<
      string,
      unknown
    >;
    if (typeof nodeId !== 'string' || typeof after !== 'boolean') return null;
    return rules.stepOfExpression(started.workflowType?.name ?? '', revision, { nodeId, after });
  } catch {
    return null;
  }
}

/** [ATN4] */
function textOf({ rules, started }: RunState, message: string): Record<string, SearchAttributeValue> {
  const text = storableText(message.slice(0, LONGEST_TEXT)).trim();
  return text !== '' && rules.showsErrors(started.workflowType?.name ?? '') ? { SagaErrorText: text } : {};
}
