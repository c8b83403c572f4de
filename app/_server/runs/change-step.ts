/** Other timeouts and another retry policy for a pending step of this run. They hold for the attempt under way too. */
import type { ChangeStep, Receipt } from '@/app/_contract/runs';
import { toDuration } from '@/engine/proto-time';
import type { StepOptions } from '@/engine/run-view/model';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { nameOf, type RunAddress } from './address';
import { demandPending, endedMeanwhile, readStep } from './pending-step';

export async function changeStep(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { activityId, options }: ChangeStep
): Promise<Receipt> {
  const step = await readStep(web, actor, 'runs.updateActivity', run, activityId);
  const details = { activityId, ...(options ?? { restored: true }) };
  return audited(web, actor, { operation: 'runs.updateActivity', target: nameOf(run), details }, async () => {
    const { options: known } = demandPending(step);
    const whyNot = options && faultOf({ ...known, ...options });
    if (whyNot) throw new Refusal('badRequest', whyNot);
    const request = { namespace: web.config.namespace, execution: run, identity: actor.name, id: activityId };
    const change = options ? changeOf(options) : { restoreOriginal: true };
    await changing(web, () => web.temporal.workflowService.updateActivityOptions({ ...request, ...change })).catch(
      (error: unknown) => endedMeanwhile(step, error)
    );
    web.invalidations.announce(['runs']);
    return { at: Date.now(), by: actor.name };
  });
}

function faultOf(next: Partial<StepOptions>): string | null {
  if (next.startToCloseMs === 0 && next.scheduleToCloseMs === 0)
    return 'Set a time limit for one attempt or for all attempts together: without one, a lost attempt is never noticed.';
  const { initialIntervalMs = 0, maximumIntervalMs } = next;
  if (maximumIntervalMs !== undefined && maximumIntervalMs < initialIntervalMs)
    return 'The longest wait between two attempts must not be shorter than the first one.';
  return null;
}

/** The paths by which Temporal names the options. */
const PATHS: Record<keyof StepOptions, string> = {
  scheduleToCloseMs: 'schedule_to_close_timeout',
  startToCloseMs: 'start_to_close_timeout',
  heartbeatMs: 'heartbeat_timeout',
  initialIntervalMs: 'retry_policy.initial_interval',
  backoffCoefficient: 'retry_policy.backoff_coefficient',
  maximumIntervalMs: 'retry_policy.maximum_interval',
  maximumAttempts: 'retry_policy.maximum_attempts',
};

function changeOf(options: Partial<StepOptions>) {
  const duration = (ms: number | undefined) => (ms === undefined ? undefined : toDuration(ms));
  const named = (Object.keys(PATHS) as (keyof StepOptions)[]).filter((name) => options[name] !== undefined);
  return {
    activityOptions: {
      scheduleToCloseTimeout: duration(options.scheduleToCloseMs),
      startToCloseTimeout: duration(options.startToCloseMs),
      heartbeatTimeout: duration(options.heartbeatMs),
      retryPolicy: {
        initialInterval: duration(options.initialIntervalMs),
        backoffCoefficient: options.backoffCoefficient,
        maximumInterval: duration(options.maximumIntervalMs),
        maximumAttempts: options.maximumAttempts,
      },
    },
    updateMask: { paths: named.map((name) => PATHS[name]) },
  };
}
