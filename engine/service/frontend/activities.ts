/**
 * What operators do with the pending activities of a run (history/activity-operations.ts). The answers and refusals are
 * those of a Temporal server (service/frontend/workflow_handler.go and service/history/api/updateactivityoptions of
 * v1.29.1), which takes `match_all` and `unpause_all` and then finds no activity; here they select all of them.
 */
import { status } from '@grpc/grpc-js';
import * as history from '../../history';
import type { ActivityOptions, ActivitySelection } from '../../history';
import { durationMs } from '../../proto-time';
import type { temporal } from '../../proto';
import { invalid, runCompleted, ServiceError } from '../errors';
import type { Run } from '../run';
import { runOf, type Frontend } from './context';
import { optionsMessage } from './pending';
import type { workflowservice } from './requests';

/** In characters: a reason is written with every commit of the run. */
export const MOST_REASON = 1_000;

export async function pauseActivity(frontend: Frontend, request: workflowservice.IPauseActivityRequest) {
  const selection = selectionOf(request);
  const reason = requireReason(request.reason);
  const identity = request.identity ?? '';
  await onRun(frontend, request, (run) =>
    history.pauseActivities(run.state, selection, { identity, reason }, run.now())
  );
  return {};
}

export async function unpauseActivity(frontend: Frontend, request: workflowservice.IUnpauseActivityRequest) {
  const selection = selectionOf({ ...request, matchAll: request.unpauseAll });
  const release = {
    resetAttempts: request.resetAttempts ?? false,
    resetHeartbeat: request.resetHeartbeat ?? false,
    delayMs: within(request.jitter),
  };
  await onRun(frontend, request, (run, epoch) =>
    history.unpauseActivities(run.state, selection, release, epoch, run.now())
  );
  return {};
}

export async function resetActivity(frontend: Frontend, request: workflowservice.IResetActivityRequest) {
  const selection = selectionOf(request);
  const reset = {
    keepPaused: request.keepPaused ?? false,
    resetHeartbeat: request.resetHeartbeat ?? false,
    restoreOptions: request.restoreOriginalOptions ?? false,
    delayMs: within(request.jitter),
  };
  await onRun(frontend, request, (run, epoch) =>
    history.resetActivities(run.state, selection, reset, epoch, run.now())
  );
  return {};
}

export async function updateActivityOptions(
  frontend: Frontend,
  request: workflowservice.IUpdateActivityOptionsRequest
): Promise<workflowservice.IUpdateActivityOptionsResponse> {
  const selection = selectionOf(request);
  const change = changeOf(request);
  let changed: ActivityOptions | null = null;
  await onRun(frontend, request, (run, epoch) => {
    const { transition, options } = history.changeActivityOptions(run.state, selection, change, epoch, run.now());
    changed = options;
    return transition;
  });
  return { activityOptions: changed && optionsMessage(changed) };
}

interface OnActivities {
  namespace?: string | null;
  execution?: temporal.api.common.v1.IWorkflowExecution | null;
  id?: string | null;
  type?: string | null;
  matchAll?: boolean | null;
}

async function onRun(
  frontend: Frontend,
  { namespace, execution }: OnActivities,
  decide: (run: Run, epoch: number) => history.Transition
): Promise<void> {
  const { engine } = frontend;
  const run = await runOf(frontend, namespace, execution, 'execution');
  if (!run.isOpen) throw runCompleted();
  await engine.decide(run, () => decide(run, engine.epoch));
}

function selectionOf({ id, type, matchAll }: OnActivities): ActivitySelection {
  if (id) return { id };
  if (type) return { type };
  if (matchAll) return 'all';
  throw new ServiceError(status.INVALID_ARGUMENT, 'Either Activity.Id or Activity.Type should be set on request.');
}

export function requireReason(reason: string | null | undefined): string {
  if ((reason?.length ?? 0) > MOST_REASON) throw invalid('reason', `is longer than ${MOST_REASON} characters`);
  return reason ?? '';
}

/** Draws a time within the jitter. */
function within(jitter: temporal.api.common.v1.IRetryPolicy['initialInterval']): () => number {
  const jitterMs = durationMs(jitter);
  if (jitterMs < 0) throw invalid('jitter', 'is negative');
  return () => Math.floor(Math.random() * jitterMs);
}

/** The fields that a mask can name, by their names in JSON, as on a Temporal server, which ignores others. */
const TIMEOUTS: Readonly<Record<string, keyof ActivityOptions>> = {
  scheduleToCloseTimeout: 'scheduleToCloseTimeoutMs',
  scheduleToStartTimeout: 'scheduleToStartTimeoutMs',
  startToCloseTimeout: 'startToCloseTimeoutMs',
  heartbeatTimeout: 'heartbeatTimeoutMs',
};
const OF_POLICY = ['initialInterval', 'backoffCoefficient', 'maximumInterval', 'maximumAttempts'] as const;

const camelCase = (path: string) => path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What is changed; null restores the original options. */
function changeOf(request: workflowservice.IUpdateActivityOptionsRequest): Partial<ActivityOptions> | null {
  const paths = (request.updateMask?.paths ?? []).map(camelCase);
  if (request.restoreOriginal) {
    if (paths.length > 0) throw invalid('restore_original', 'Both UpdateMask and RestoreOriginal are provided');
    return null;
  }
  const options = request.activityOptions;
  if (!options) throw invalid('activity_options', 'ActivityOptions are not provided');
  if (!request.updateMask) throw invalid('update_mask', 'UpdateMask is not provided');
  const change: Partial<ActivityOptions> = {};
  const policy: temporal.api.common.v1.IRetryPolicy = {};
  for (const path of paths) {
    const timeout = TIMEOUTS[path];
    const ofPolicy = OF_POLICY.find((name) => path === `retryPolicy.${name}`);
    if (timeout) {
      const ms = durationMs(options[path as keyof typeof options] as Parameters<typeof durationMs>[0]);
      if (ms < 0) throw invalid(`activity_options.${path}`, 'is negative');
      Object.assign(change, { [timeout]: ms });
    } else if (ofPolicy) {
      if (!options.retryPolicy) throw invalid('activity_options.retry_policy', 'RetryPolicy is not provided');
      Object.assign(policy, { [ofPolicy]: options.retryPolicy[ofPolicy] });
    } else if (path === 'taskQueue.name') {
      if (!options.taskQueue?.name) throw invalid('activity_options.task_queue', 'TaskQueue is not provided');
      change.taskQueue = options.taskQueue.name;
    } else throw invalid('update_mask', `'${path}' is no option that can be changed`);
  }
  return Object.keys(policy).length > 0 ? { ...change, retryPolicy: policy } : change;
}
