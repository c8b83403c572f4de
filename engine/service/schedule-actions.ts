/**
 * What schedules ask of runs: to start, to stop, and whether they have ended. Each may be asked again: a start finds
 * the run that it made, a stop of a closed run has nothing to do.
 */
import { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { temporal } from '../proto';
import { STATUS } from '../run-name';
import * as core from '../schedules/schedule';
import type { LeasedStore, ScheduleAddress, StoredRun } from '../store/port';
import { starterOf } from './child-start';
import { asServiceError } from './errors';
import type { Run } from './run';
import { scheduledStart, schedulerIdentity, type NewestOf } from './scheduled-start';

type workflowservice = typeof temporal.api.workflowservice.v1;
type Start = Parameters<workflowservice['StartWorkflowExecutionRequest']['create']>[0] & object;
type Cancel = Parameters<workflowservice['RequestCancelWorkflowExecutionRequest']['create']>[0] & object;
type Terminate = Parameters<workflowservice['TerminateWorkflowExecutionRequest']['create']>[0] & object;

/** What they need of the engine. */
export interface ActionsHost {
  readonly store: LeasedStore;
  now(): number;
  /** The current run for an empty run id. */
  find(namespace: string, workflowId: string, runId: string): Promise<Run | null>;
  load(stored: StoredRun): Promise<Run>;
}

export interface ActionsOptions {
  log?: Logger;
  /** As from outside, with all checks. */
  start(request: Start): Promise<{ run: Run }>;
  cancel(request: Cancel): Promise<unknown>;
  terminate(request: Terminate): Promise<unknown>;
  newestOf: NewestOf;
}

export type StartOutcome = { kind: 'made'; run: Run } | { kind: 'refused'; why: string } | { kind: 'late' };
export type Ended = Parameters<typeof core.closed>[2];

/** Nothing was made, and the same start would be refused again. */
const REFUSALS: readonly status[] = [
  status.ALREADY_EXISTS,
  status.INVALID_ARGUMENT,
  status.FAILED_PRECONDITION,
  status.NOT_FOUND,
  status.RESOURCE_EXHAUSTED,
  status.UNIMPLEMENTED,
];

export class ScheduleActions {
  constructor(
    private readonly engine: ActionsHost,
    private readonly options: ActionsOptions
  ) {}

  /** `isRepeat`: it may have been made before. Throws if it is not known whether it was made. */
  async start(
    address: ScheduleAddress,
    state: core.ScheduleState,
    start: core.PendingStart,
    isRepeat: boolean
  ): Promise<StartOutcome> {
    const before = isRepeat ? await this.#madeBefore(address, start) : null;
    if (before) return { kind: 'made', run: before };
    if (isRepeat && core.isTooLate(state, start, this.engine.now())) return { kind: 'late' };
    const request = scheduledStart(address, state, start, this.options.newestOf);
    try {
      const { run } = await this.options.start(request);
      await run.durable();
      this.#audit(address, run);
      return { kind: 'made', run };
    } catch (error) {
      const { code, message } = asServiceError(error);
      if (!REFUSALS.includes(code)) throw error;
      const made = code === status.ALREADY_EXISTS ? await this.#madeBefore(address, start) : null;
      if (made) return { kind: 'made', run: made };
      this.options.log?.warn({ ...address, workflowId: start.workflowId, err: error }, 'a schedule cannot start a run');
      return { kind: 'refused', why: message };
    }
  }

  /** The first run of the chain that this start made; null if it made none. */
  async #madeBefore({ namespace }: ScheduleAddress, { workflowId, requestId }: core.PendingStart): Promise<Run | null> {
    const current = await this.engine.find(namespace, workflowId, '');
    if (!current) return null;
    const { runId, firstRunId } = current.state;
    const first = runId === firstRunId ? current : await this.engine.find(namespace, workflowId, firstRunId);
    if (first?.state.startRequestId !== requestId) return null;
    await first.durable();
    return first;
  }

  #audit({ namespace, scheduleId }: ScheduleAddress, { state }: Run): void {
    this.options.log?.info(
      {
        audit: true,
        who: starterOf(state) || state.started.identity,
        method: 'StartWorkflowExecution',
        namespace,
        workflowId: state.workflowId,
        workflowType: state.started.workflowType?.name,
        schedule: scheduleId,
        outcome: 'ok',
      },
      'change'
    );
  }

  /** For the overlap policy. */
  async stop(address: ScheduleAddress, kind: 'cancel' | 'terminate', run: core.RunOfSchedule, key: string) {
    const { workflowId, runId } = run;
    const request = {
      namespace: address.namespace,
      // Whichever run of the chain is open.
      workflowExecution: { workflowId },
      firstExecutionRunId: runId,
      identity: schedulerIdentity(address),
      reason: `${kind === 'cancel' ? 'cancelled' : 'terminated'} by schedule overlap policy`,
    };
    try {
      if (kind === 'terminate') await this.options.terminate(request);
      else await this.options.cancel({ ...request, requestId: `${key}/${runId}` });
    } catch (error) {
      // It has closed, or is gone.
      if (asServiceError(error).code !== status.NOT_FOUND) throw error;
    }
  }

  /** How the chain of a run ended, according to what is stored; null while it is open. A run that is gone has no status. */
  async endOf(namespace: string, { workflowId, runId }: core.RunOfSchedule): Promise<Ended | null> {
    const { engine } = this;
    const current = await engine.store.findRun(namespace, workflowId, '');
    // Otherwise another run has its workflow id by now.
    let stored = current?.firstRunId === runId ? current : await engine.store.findRun(namespace, workflowId, runId);
    while (stored) {
      if (stored.status === STATUS.running) return null;
      const run = await engine.load(stored);
      const next = nextRunId(run);
      if (!next) return endOf(run);
      stored = await engine.store.findRun(namespace, workflowId, next);
    }
    return { status: 0 };
  }
}

function nextRunId({ state: { closeEvent, resetRunId } }: Run): string {
  const { workflowExecutionContinuedAsNewEventAttributes: continued } = closeEvent ?? {};
  const following =
    closeEvent?.workflowExecutionCompletedEventAttributes ??
    closeEvent?.workflowExecutionFailedEventAttributes ??
    closeEvent?.workflowExecutionTimedOutEventAttributes ??
    continued;
  return following?.newExecutionRunId || resetRunId;
}

const endOf = ({ state: { status: ended, closeEvent } }: Run): Ended => ({
  status: ended,
  result: closeEvent?.workflowExecutionCompletedEventAttributes?.result ?? null,
  failure: closeEvent?.workflowExecutionFailedEventAttributes?.failure ?? null,
});
