/**
 * What a pause means for this run, or for this step of it: the lines of the dialogs, before anything is sent. The rules are
 * those of the engine: [RPA1] to [RPA6] (engine/history/paused.ts) and [ACO1] to [ACO6] (engine/history/activity-operations.ts).
 *
 * [PWO1] What is under way, what is held back, and what runs on, each by the names of this run.
 * [PWO2] A pause of a run names the approvals that nobody can decide, and what their time limit does.
 * [PWO3] The end of a pause names what begins at once and which time limits have passed.
 * [PWO4] A step without an attempt left, or with a time limit for all attempts, is told to fail in spite of its pause.
 */
import { durationMsOf } from '@/engine/run-view/events-from-history';
import { parseActivityId } from '@/engine/run-view/activity-id';
import { deedOf } from '@/engine/run-view/deed';
import type { NodeView, PendingActivityView } from '@/engine/run-view/model';
import { atTimeout } from '@/engine/run-view/what-now';
import { durationInWords } from '@/engine/flow/values/format';
import type { RunView } from './run-view';

type View = Pick<RunView, 'live' | 'projection' | 'readBy'>;

/** What a pending activity does: the title of its step, or of its undo. */
export const deedOfPending = ({ readBy }: Pick<RunView, 'readBy'>, activity: PendingActivityView): string =>
  deedOf({ parsed: parseActivityId(activity.activityId), activityType: activity.activityType }, readBy);

export const isUnderWay = ({ state }: PendingActivityView): boolean =>
  state === 'started' || state === 'cancelRequested' || state === 'pauseRequested';

/** True if nothing but the pause of its run keeps it from beginning. */
const isHeld = ({ state }: PendingActivityView): boolean => state === 'scheduled' || state === 'backingOff';

/** [PWO1] [PWO2] */
export function whilePaused(view: View): string[] {
  const { live, projection } = view;
  const named = (pending: readonly PendingActivityView[]) => listed(pending.map((each) => deedOfPending(view, each)));
  const underWay = live.pending.filter(isUnderWay);
  const held = live.pending.filter(isHeld);
  const approvals = approvalsOf(view);
  const hasChild = Object.values(projection.nodes).some(({ childRun, state }) => childRun && state === 'running');
  return [
    underWay.length === 0
      ? ''
      : underWay.length === 1
        ? `Under way: ${named(underWay)}. Its request was sent; it ends by its own answer, which is kept.`
        : `Under way: ${named(underWay)}. Their requests were sent; they end by their own answers, which are kept.`,
    held.length > 0 ? `Held back: ${named(held)}.` : '',
    ...approvals.map(
      ({ title, node, then }) =>
        `${title}: nobody can decide meanwhile.${node?.dueMs ? ` Its time runs on; if it is over by then, it ${then} when the run is resumed.` : ''}`
    ),
    `Timers and time limits run on. What they cause happens when the run is resumed${hasOwnLimit(view) ? ', but the time limit of the run itself closes it, and undoes nothing' : ''}.`,
    'Signals and a stop are kept until then. Updates and decisions are refused.',
    hasChild ? 'Its child runs go on.' : '',
  ].filter(Boolean);
}

/** [PWO3] */
export function afterPause(view: View): string[] {
  const { live } = view;
  const nowMs = live.asOfMs;
  const due = live.pending.filter((each) => isHeld(each) && (each.nextAttemptMs ?? 0) <= nowMs);
  const paused = live.pending.filter(({ pause }) => pause);
  const named = (pending: readonly PendingActivityView[]) => listed(pending.map((each) => deedOfPending(view, each)));
  const late = approvalsOf(view).filter(({ node }) => node?.dueMs && node.dueMs <= nowMs);
  return [
    'What happened meanwhile takes effect: signals, timers, answers, a stop.',
    due.length > 0 ? `At once: ${named(due)}.` : '',
    ...late.map(({ title, then }) => `${title}: its time is over, so it ${then}.`),
    paused.length > 0 ? `Paused by itself, and stays so: ${named(paused)}.` : '',
  ].filter(Boolean);
}

function approvalsOf({ live, projection, readBy }: View) {
  const asked = live.nodes?.waitsFor.filter(({ kind }) => kind === 'approval') ?? [];
  return asked.map(({ nodeId }) => ({
    title: readBy.nodes[nodeId]?.title ?? nodeId,
    node: projection.nodes[nodeId] as NodeView | undefined,
    then: atTimeout(readBy, nodeId),
  }));
}

/** A limit that the start of the run set; that of a flow is a timer. */
function hasOwnLimit({ live }: View): boolean {
  const { workflowRunTimeout, workflowExecutionTimeout } = live.events[0]?.attributes ?? {};
  return Boolean(durationMsOf(workflowRunTimeout) || durationMsOf(workflowExecutionTimeout));
}

/** [PWO1] [PWO4] */
export function whileStepPaused(activity: PendingActivityView): string[] {
  const { attempt, maximumAttempts, options } = activity;
  const isLast = maximumAttempts > 0 && attempt >= maximumAttempts;
  const limitMs = options?.scheduleToCloseMs ?? 0;
  return [
    isUnderWay(activity)
      ? `Attempt ${attempt} is under way: its request was sent, and it ends by its own answer.`
      : `Attempt ${attempt} does not begin until somebody resumes it.`,
    isUnderWay(activity) && isLast
      ? 'It is the last attempt: if it fails, the step has failed in spite of the pause.'
      : isUnderWay(activity)
        ? 'If it fails, the next attempt waits until somebody resumes it.'
        : '',
    limitMs > 0
      ? `Its time limit of ${durationInWords(limitMs)} for all attempts runs on: if it is over by then, the step fails when it is resumed.`
      : '',
    'The rest of the run goes on: other branches, timers, approvals, and the deadline of the flow.',
  ].filter(Boolean);
}

/** [PWO3] [PWO4] */
export function afterStepPause({ live, projection }: View, activity: PendingActivityView): string {
  const { attempt, scheduledEventId, options } = activity;
  if (isUnderWay(activity)) return 'Its attempt goes on. If it fails, the next one follows its retry policy.';
  const scheduledMs = live.events[scheduledEventId - 1]?.timeMs;
  const limitMs = options?.scheduleToCloseMs ?? 0;
  if (limitMs > 0 && scheduledMs !== undefined && scheduledMs + limitMs <= live.asOfMs)
    return `Its time limit of ${durationInWords(limitMs)} is over: it fails at once.`;
  return projection.pause
    ? `Attempt ${attempt} begins when the run is resumed too.`
    : `Attempt ${attempt} begins at once.`;
}

/** What 'Retry now' does to the retry policy and to the effect. */
export function retriedNow(view: View, activity: PendingActivityView): string[] {
  const { attempt, options } = activity;
  const most = options?.maximumAttempts ?? 0;
  const nodeId = parseActivityId(activity.activityId)?.nodeId ?? '';
  const hasEffect = (view.readBy.nodes[nodeId]?.effect ?? 'none') !== 'none';
  return [
    most === 1
      ? 'It is tried once more.'
      : most > 1
        ? `The retry policy begins its count again: up to ${most} attempts, from number ${attempt} on.`
        : 'The waits between the attempts begin again with the shortest one.',
    hasEffect ? 'It is called with the same idempotency key as before.' : '',
  ].filter(Boolean);
}

const MOST_NAMED = 4;
function listed(titles: readonly string[]): string {
  const more = titles.length > MOST_NAMED ? ` and ${titles.length - MOST_NAMED} more` : '';
  return titles.slice(0, MOST_NAMED).join(', ') + more;
}
