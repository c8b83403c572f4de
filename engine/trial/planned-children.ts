/**
 * The children of a trial: no run of them is played. A child answers as the plan says, and hands over one effect for all
 * that it does, whose undo the plan answers like that of any step.
 *
 * Rules
 * [PCH1] A child that fails has undone itself, unless the plan says that its effect happened: then that remains, because
 *        its own undo did not succeed.
 * [PCH3] One that answers well hands over one effect, which a later failure undoes.
 * [PCH2] A child that answers nothing runs until it is asked to stop. Then it undoes itself.
 * [PCH4] A question about its undo is answered by the plan of the child, in a loop by that of its item.
 */
import {
  ApplicationFailure,
  CancelledFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common';
import type { FlowManifest } from '../flow/manifest';
import { sampleOf } from '../flow/schema/sample';
import { itemPlanOf, stopsAt, type Answer, type TrialPlan } from '../flow/trial-plan';
import type { HistoryEvent } from '../history';
import { temporal } from '../proto';
import { LEFT_STANDING, NOTHING_LEFT, type HandedEffect, type HandedScope } from '../saga/handed';
import { nodeIdOf } from '../saga/item-path';
import type { ChildAsked, ChildPlayed } from './virtual-children';

const { EventType, RetryState } = temporal.api.enums.v1;
/** The id, in the child, of all that it does. */
export const ALL_OF_CHILD = 'all';

export interface PlannedChild extends ChildPlayed {
  answer: Answer;
  /** Something of it happened, and it has not undone it. */
  leaves: boolean;
}

export function plannedChild({ stepId, nowMs }: ChildAsked, manifest: FlowManifest, plan: TrialPlan): PlannedChild {
  const node = manifest.nodes[nodeIdOf(stepId)];
  const [planned = { kind: 'output' }] = itemPlanOf(plan, stepId).answers ?? [];
  const answer: Answer =
    planned.kind === 'output' && planned.output === undefined
      ? { kind: 'output', output: node?.output ? sampleOf(node.output, plan.seed, node.id).value : null }
      : planned;
  const isLeft = node?.child?.waits === 'start';
  const runsOn = isLeft || answer.kind === 'timeout' || stopsAt(plan, stepId);
  const happened = answer.kind !== 'output' && answer.effect === 'happened' && node?.effect !== 'none';
  let cancel = (): void => {};
  const closed = new Promise<{ event: HistoryEvent; atMs: number }>((resolve) => {
    if (!runsOn) resolve({ event: endOf(answer, happened, node, manifest), atMs: nowMs });
    else if (!isLeft) cancel = () => resolve({ event: stopped(happened, node, manifest), atMs: nowMs });
  });
  const leaves = node?.effect !== 'none' && (runsOn ? happened : answer.kind === 'output' || happened);
  return { closed, isWorking: !runsOn, cancel: () => cancel(), answer, leaves };
}

type Node = FlowManifest['nodes'][string] | undefined;

function endOf(answer: Answer, happened: boolean, node: Node, manifest: FlowManifest): HistoryEvent {
  if (answer.kind === 'output') {
    const result = { handsOver: 1, output: answer.output, effects: effectsOf(node, manifest, 'standing') };
    return {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
      workflowExecutionCompletedEventAttributes: {
        result: { payloads: [defaultPayloadConverter.toPayload(result) as never] },
      },
    };
  }
  const { type, message } = answer.kind === 'failure' ? answer : { type: 'Timeout', message: 'It did not answer.' };
  return failed(ApplicationFailure.create({ type, message, nonRetryable: true }), happened, node, manifest);
}

/** [PCH2] */
function stopped(happened: boolean, node: Node, manifest: FlowManifest): HistoryEvent {
  if (happened) return failed(new CancelledFailure('It was stopped.'), happened, node, manifest);
  return {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    workflowExecutionCanceledEventAttributes: {},
  };
}

/** [PCH1] */
function failed(cause: Error, happened: boolean, node: Node, manifest: FlowManifest): HistoryEvent {
  const details = [{ entries: [], standing: 1 }, effectsOf(node, manifest, 'undoFailed')];
  const failure = happened
    ? ApplicationFailure.create({ type: LEFT_STANDING, message: cause.message, nonRetryable: true, cause, details })
    : cause;
  return {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    workflowExecutionFailedEventAttributes: {
      failure: defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter),
      retryState: RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET,
    },
  };
}

function effectsOf(node: Node, { document }: FlowManifest, state: 'standing' | 'undoFailed'): HandedScope {
  if (!node || node.effect === 'none') return NOTHING_LEFT;
  const isUndone = node.effect === 'reversible' && state === 'standing';
  const { title, activity } = node;
  const undo: HandedEffect['undo'] = {
    title: node.undo?.title ?? title,
    activity: activity ?? '',
    input: null,
    options: { startToCloseTimeout: '1m', retry: { maximumAttempts: 1 } },
    onFailure: document.rollback.onFailure,
  };
  const effect: HandedEffect = {
    activityId: ALL_OF_CHILD,
    madeBy: node.child?.workflowType ?? '',
    title,
    effect: node.effect,
    keys: { do: 'do', undo: 'undo', check: 'check' },
    state,
    happened: 'yes',
    undo: isUndone ? undo : null,
    undoProblem: null,
    late: null,
    undoRan: false,
    mayBeUndone: false,
    seq: 1,
  };
  return { unwind: 'reverse', items: [effect] };
}
