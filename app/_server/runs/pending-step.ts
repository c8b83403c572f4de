/** The pending activity that an operator acts on, read again when it is asked for: it may have ended meanwhile. */
import type { Operation } from '@/engine/permissions/permissions';
import { parseActivityId } from '@/engine/run-view/activity-id';
import { deedOf } from '@/engine/run-view/deed';
import type { PendingActivityView } from '@/engine/run-view/model';
import { fromEngine, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, type DescribedRun, type RunAddress } from './address';
import { pendingView } from './pending-view';

type Reader = Pick<Web, 'temporal' | 'catalogue' | 'config'>;

export interface PendingStep {
  /** What it does, in words that can begin a sentence. */
  title: string;
  isRunPaused: boolean;
  /** Null if it is not pending, or not any more. */
  pending: PendingActivityView | null;
}

/** Throws `runClosed` unless the run is open. */
export async function readStep(
  web: Reader,
  actor: Actor,
  operation: Operation,
  run: RunAddress,
  activityId: string
): Promise<PendingStep> {
  return stepIn(web, await demandOpen(web, actor, operation, run), activityId);
}

export async function stepIn(
  web: Pick<Reader, 'catalogue'>,
  { description, summary }: DescribedRun,
  activityId: string
): Promise<PendingStep> {
  const info = description.pendingActivities?.find((each) => each.activityId === activityId);
  const version = await web.catalogue.contentOfType(summary.workflowType, summary.revision);
  const activity = { parsed: parseActivityId(activityId), activityType: info?.activityType?.name || activityId };
  return {
    title: version ? deedOf(activity, version.manifest) : activity.activityType,
    isRunPaused: summary.isPaused ?? false,
    pending: info ? pendingView(info) : null,
  };
}

export const isUnderWay = ({ state }: PendingActivityView): boolean =>
  state === 'started' || state === 'cancelRequested' || state === 'pauseRequested';

/** That nothing was done, because the step has ended. */
export const ended = ({ title }: PendingStep): Refusal =>
  new Refusal('refused', `${title} is no longer pending: it has ended meanwhile. Nothing was changed.`);

/** The step, or that it has ended. */
export function demandPending(step: PendingStep): PendingActivityView {
  if (!step.pending) throw ended(step);
  return step.pending;
}

/**
 * For the answer of the engine to a change of a step: what it says of one that ended after it was read, in our words.
 */
export function endedMeanwhile(step: PendingStep, error: unknown): never {
  const known = fromEngine(error);
  const details = error instanceof Error && 'details' in error ? String(error.details) : '';
  if (/pending activity/.test(details)) throw ended(step);
  throw known ?? error;
}
