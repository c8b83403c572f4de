/**
 * A small world for the runtime's rules: one engine after the other on a memory store, virtual time, and workers that
 * do as they are told.
 */
import { localCaller } from '../../permissions/caller';
import { expect } from 'vitest';
import { checkHistory, readExpectation, type HistoryEvent } from '../../history';
import { command } from '../../history/testing/run';
import { eventsOf } from '../../history/testing/proof';
import { temporal } from '../../proto';
import { ScriptedActivities, ScriptedWorkflows, type Script } from '../../sim/scripted-worker';
import { VirtualClock } from '../../sim/virtual-clock';
import { MemoryStore } from '../../store/memory';
import type { EngineRole, StartEngineOptions } from '../start-engine';
import { startTestEngine } from './test-engine';

const { EventType } = temporal.api.enums.v1;
export const DAY_MS = 86_400_000;
const operator = localCaller();

export const count = (events: readonly HistoryEvent[], type: number) =>
  events.filter((event) => event.eventType === type).length;
export const closes = (events: readonly HistoryEvent[]) => count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
export const signals = (events: readonly HistoryEvent[]) =>
  count(events, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);

/** Steps one after the other, then the end. */
export const steps =
  (total: number, more: Parameters<typeof command.schedule>[1] = {}): Script =>
  (events) => {
    const done = closes(events);
    if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) > done) return [];
    return done === total ? [command.complete(done)] : [command.schedule(`step-${done + 1}`, more)];
  };
export const untilSignal: Script = (events) => (signals(events) > 0 ? [command.complete(signals(events))] : []);
/** A day. */
export const sleeper: Script = (events) => {
  if (count(events, EventType.EVENT_TYPE_TIMER_FIRED) > 0) return [command.complete('slept')];
  return count(events, EventType.EVENT_TYPE_TIMER_STARTED) === 0 ? [command.timer('1', DAY_MS)] : [];
};

export class World<S extends MemoryStore = MemoryStore> {
  readonly clock = new VirtualClock();
  readonly workflows: ScriptedWorkflows;
  role!: EngineRole;

  constructor(
    scripts: Record<string, Script>,
    readonly store: S = new MemoryStore() as S,
    private readonly more: Partial<StartEngineOptions> = {},
    readonly activities = new ScriptedActivities()
  ) {
    this.workflows = new ScriptedWorkflows(scripts);
  }
  async begin(): Promise<this> {
    this.role = await this.engine();
    return this;
  }
  engine(): Promise<EngineRole> {
    const { store, clock, activities, workflows } = this;
    return startTestEngine({ clock, ...this.more, store, activityWorker: activities, workflowWorker: workflows });
  }
  async takeOver(): Promise<void> {
    const old = this.role;
    this.role = await this.engine();
    await old.stop();
  }
  async call<T>(method: string, request: object, role = this.role, caller = operator): Promise<T> {
    return (await role.service.call(method, { namespace: 'default', ...request }, caller)) as T;
  }
  start(workflowId: string, type: string, more: object = {}): Promise<{ runId: string; started: boolean }> {
    const taskQueue = { name: 'backstitch' };
    return this.call('StartWorkflowExecution', { workflowId, workflowType: { name: type }, taskQueue, ...more });
  }
  signal(workflowId: string): Promise<unknown> {
    return this.call('SignalWorkflowExecution', { workflowExecution: { workflowId }, signalName: 'go' });
  }
  describe(workflowId: string): Promise<temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse> {
    return this.call('DescribeWorkflowExecution', { execution: { workflowId } });
  }
  /** What is stored of the workflow id's current run, checked. */
  async stored(workflowId: string) {
    const run = [...this.store.runs.values()].filter((stored) => stored.workflowId === workflowId).at(-1)!;
    const batches = this.store.history.get(run.runKey) ?? [];
    expect(checkHistory(batches, readExpectation(run))).toEqual([]);
    return { run, events: eventsOf(batches) };
  }
}
