/**
 * The task of an approval in the inbox of the web process: it is opened, hears who is asked now, and is closed. These are
 * activities, retried without a limit, because the web process may be down. The inbox follows the run and never
 * blocks it.
 *
 * Invariants: a close does not overtake its open; of several changes the inbox hears one after the other.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  isCancellation,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import { PRIORITIES, type AskTaskInput, type CloseTaskInput, type OpenTaskInput } from './contract';
import { isFromData, outcomeOf, valuesOf, timesOf, votesOf, type Task } from './decision';
import { milliseconds } from './duration';
import { nodeIdOf } from './item-path';
import type { Times } from './moments';
import { scheduleActivity } from './schedule';
import { sha256 } from './sha256';

const TASK_OPTIONS: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
};

export interface Opening {
  scope: CancellationScope;
  ended: Promise<void>;
  /** The inbox hears of one change after the other. */
  telling: Promise<void>;
  /** The web process refuses the task, so nobody can decide. */
  refused: { error: unknown } | null;
}

/**
 * `rename`: called with the id under which the web has the task, if that is another one. In a run that a reset made, a task
 * that its base had opened has the id of then, because an id names the run.
 */
export function openTask(
  flow: string,
  taskId: string,
  task: Task,
  times: Times,
  rename: (openedAs: string) => void
): Opening {
  const { spec, dataHash, candidates, excluded } = task;
  const input: OpenTaskInput = {
    taskId,
    firstRunId: workflowInfo().firstExecutionRunId,
    flow,
    nodeId: nodeIdOf(spec.id),
    title: spec.title,
    question: spec.question,
    candidates,
    requireComment: spec.requireComment,
    ...(spec.decisions ? { decisions: spec.decisions } : {}),
    ...(spec.howMany === undefined ? {} : { howMany: spec.howMany }),
    ...(spec.forbidStarter ? { forbidStarter: true } : {}),
    ...(isFromData(spec) ? { fromData: true } : {}),
    ...(excluded.length > 0 ? { excluded } : {}),
    data: spec.data,
    dataHash,
    schema: spec.schema ?? null,
    dueAtMs: times.dueAtMs ?? times.endsAtMs,
    ...(times.dueAtMs === null ? {} : { endsAtMs: times.endsAtMs }),
    ...(isPriority(spec.priority) ? { priority: spec.priority } : {}),
    mayAsk: true,
    ...(spec.howMany === 'inSequence' ? { againByName: true as const } : {}),
    ...(spec.takeBack === undefined ? {} : { takeBackMs: milliseconds(spec.takeBack) }),
  };
  const scope = new CancellationScope();
  const opening: Opening = { scope, ended: Promise.resolve(), telling: Promise.resolve(), refused: null };
  opening.ended = scope
    .run(() => tellWeb('human.open', `${spec.id}:open`, spec.title, input))
    .then(
      (answer: unknown) => {
        const openedAs = typeof answer === 'object' && answer !== null && 'taskId' in answer ? answer.taskId : null;
        if (typeof openedAs === 'string' && openedAs !== taskId) rename(openedAs);
      },
      (error: unknown) => {
        if (!isCancellation(error)) opening.refused = { error };
      }
    );
  return opening;
}

const isPriority = (priority: unknown): boolean => PRIORITIES.some((each) => each === priority);

/**
 * The inbox hears who is asked now. The run holds it already; while the web process is down, changes gather and are sent
 * together.
 */
export function tellAsked(opening: Opening, taskId: string, task: Task): void {
  const { spec, events } = task;
  const { length } = events;
  opening.telling = opening.telling.then(async () => {
    await opening.ended;
    // A later change has told this one too, or the task is over.
    if (opening.refused || length < events.length) return;
    const input: AskTaskInput = {
      taskId,
      firstRunId: workflowInfo().firstExecutionRunId,
      candidates: task.candidates,
      events: [...events],
      ...(task.takeBacks > 0 ? { takeBacks: task.takeBacks, votes: votesOf(task) } : {}),
      ...(task.questions.length > 0 ? { questions: task.questions, times: timesOf(task) } : {}),
    };
    try {
      await opening.scope.run(() => tellWeb('human.ask', `${spec.id}:ask`, spec.title, input));
    } catch (error) {
      if (!isCancellation(error) && !(error instanceof ActivityFailure)) throw error;
    }
  });
}

/**
 * The decision counts, whatever the web process answers: a task that cannot be closed is settled when its run closes.
 */
export async function closeTask(opening: Opening, taskId: string, task: Task): Promise<void> {
  const { spec, decision, over } = task;
  opening.scope.cancel();
  // A close must not overtake its open, which may still be in flight although it was cancelled.
  await opening.ended;
  await opening.telling;
  const input: CloseTaskInput = {
    taskId,
    firstRunId: workflowInfo().firstExecutionRunId,
    // If a decision arrives together with a cancellation, the decision was accepted, and its task is closed with it.
    outcome: decision
      ? outcomeOf(spec, decision.decision)
      : over === 'timedOut' || over === 'disagreed'
        ? over
        : 'cancelled',
    decidedBy: decision?.actor.name ?? null,
    comment: decision?.comment ?? null,
    ...(decision && spec.decisions ? { decision: decision.decision, values: valuesOf(spec, decision) } : {}),
    ...(spec.howMany === undefined ? {} : { votes: votesOf(task) }),
    ...(task.takeBacks > 0 ? { takeBacks: task.takeBacks } : {}),
  };
  try {
    await CancellationScope.nonCancellable(() => tellWeb('human.close', `${spec.id}:close`, spec.title, input));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}

/** The web process stores ids of up to 500 characters; a workflow id alone may have 1,000. */
export function taskIdOf(stepId: string): string {
  const { workflowId, runId } = workflowInfo();
  const name = workflowId.length > 300 ? sha256(workflowId) : workflowId;
  return `${name}/${runId}/${stepId}`;
}

/** When it is cancelled, its end is awaited as for every effect (WAIT_CANCELLATION_COMPLETED). */
function tellWeb(
  activity: string,
  activityId: string,
  summary: string,
  input: OpenTaskInput | AskTaskInput | CloseTaskInput
) {
  return scheduleActivity(activity, [input], {
    ...TASK_OPTIONS,
    activityId,
    summary,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}
