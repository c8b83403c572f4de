/**
 * ResetWorkflowExecution. Rules RST1 to RST6: history/reset.ts.
 *
 * [RSS1] The current run ends and the new one begins in one commit; a repeated request makes no second one.
 * [RSS2] A saga is not reset past its first undo, nor to before one for a step that the new run would count on.
 * [RSS3] A signal or a start that was asked before the point is not made twice.
 * [RSS4] A closed run, and a run that is not the current one, can be reset.
 * [RSS5] Describe names both runs, and the points at which a revision first decided.
 * [RSS6] What the base did before the point is counted for the new run only.
 * [RSS8] A child that the base initiated after the point goes on. The new run cannot start another one with its id while it
 *        is open, and hears nothing of its close.
 * [RSS7] What is to follow a reset is refused where a Temporal server refuses it, and by name where it cannot be done here;
 *        then nothing is reset.
 */
import { status } from '@grpc/grpc-js';
import Long from 'long';
import { afterEach, describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../history';
import { provesHistories } from '../history/testing/proof';
import { command, payloads } from '../history/testing/run';
import { temporal } from '../proto';
import { idOf, toDuration } from '../proto-time';
import type { PassedOn } from '../history';
import { STATUS } from '../run-name';
import { completed as completedWith, type Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { SlowStore } from './testing/slow-store';
import { UpdatingWorkflows } from './testing/updating-workflows';
import { closes, count, DAY_MS, signals, steps, untilSignal, World } from './testing/world';

provesHistories('scripted');
const { EventType: Type, ResetReapplyExcludeType: Exclude } = temporal.api.enums.v1;
const INITIATED = Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED;
const { completed, running, terminated } = STATUS;

let world: World<SlowStore>;
afterEach(() => world.role.stop());
async function begin(scripts: Record<string, Script>, more = {}): Promise<void> {
  world = await new World(scripts, new SlowStore(), more).begin();
}
const reset = (workflowId: string, point: number, more: object = {}): Promise<{ runId: string }> =>
  world.call('ResetWorkflowExecution', {
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: Long.fromNumber(point),
    requestId: `reset to ${point}`,
    reason: 'try again',
    ...more,
  });
const runsOf = (workflowId: string) => [...world.store.runs.values()].filter((run) => run.workflowId === workflowId);
const statuses = (workflowId: string) => runsOf(workflowId).map(({ status }) => status);
const events = async (workflowId: string) => (await world.stored(workflowId)).events;
const typesOf = (all: readonly HistoryEvent[]) => all.map(({ eventType }) => Type[eventType!].slice(11));
/** The id of the n-th WorkflowTaskCompleted. */
const nthCompleted = (all: readonly HistoryEvent[], n: number) =>
  idOf(all.filter(({ eventType }) => eventType === Type.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)[n - 1]?.eventId);
const said = (all: readonly HistoryEvent[]) => {
  const data = all.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0]?.data;
  return data && (JSON.parse(Buffer.from(data).toString()) as unknown);
};

describe('ResetWorkflowExecution', () => {
  it('[RSS1] ends the current run and begins a new one with its events, in one commit, once', async () => {
    await begin({ waits: (all) => (signals(all) === 2 ? [command.complete(signals(all))] : []) });
    const first = await world.start('c', 'waits', { input: payloads('in') });
    await settle();
    await world.signal('c');
    await settle();
    const base = await events('c');
    const { commits } = world.store;
    const { runId } = await reset('c', nthCompleted(base, 1), { resetReapplyExcludeTypes: [1, 2] });
    expect(await reset('c', nthCompleted(base, 1))).toEqual({ runId });
    expect(statuses('c')).toEqual([terminated, running]);
    // The reset, and the task that follows.
    await settle();
    expect(world.store.commits - commits).toBeLessThanOrEqual(2);
    const own = await events('c');
    expect(typesOf(own)).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_FAILED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
    ]);
    expect(own.slice(0, 3)).toEqual(base.slice(0, 3));
    expect(own[3]?.workflowTaskFailedEventAttributes).toMatchObject({
      cause: temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
      failure: { message: 'try again' },
      baseRunId: first.runId,
      newRunId: runId,
    });
    await world.signal('c');
    await world.signal('c');
    await settle();
    expect(said(await events('c'))).toBe(2);
    await world.takeOver();
    expect(statuses('c')).toEqual([terminated, completed]);
  });

  it.each([1, 2, 6, 99])('[RST1] event %i is no point', async (point) => {
    await begin({ waits: untilSignal });
    await world.start('c', 'waits');
    await settle();
    await world.signal('c');
    await settle();
    const asked = { workflowExecution: { workflowId: 'c', runId: runsOf('c')[0]!.runId } };
    await expect(reset('c', point, asked)).rejects.toThrow(/^workflow_task_finish_event_id: /);
    expect(runsOf('c')).toHaveLength(1);
  });

  it.each([
    [{ signalWorkflow: { signalName: 'go' } }, 'INVALID_ARGUMENT', /signal_workflow: unsupported post reset operation/],
    [{}, 'INVALID_ARGUMENT', /^post_reset_operations: unsupported post reset operation/],
    [
      { updateWorkflowOptions: { workflowExecutionOptions: { versioningOverride: { behavior: 1 } } } },
      'UNIMPLEMENTED',
      /^post_reset_operations.update_workflow_options.workflow_execution_options.versioning_override: /,
    ],
    [
      { updateWorkflowOptions: { updateMask: { paths: ['versioning_override', 'task_queue'] } } },
      'INVALID_ARGUMENT',
      /update_mask: error applying update_options: 'task_queue' is no path/,
    ],
    [
      { updateWorkflowOptions: { updateMask: { paths: ['versioning_override.behavior'] } } },
      'INVALID_ARGUMENT',
      /versioning_override fields must be updated together/,
    ],
  ])('[RSS7] %o is refused after a reset', async (operation, code, words) => {
    await begin({ waits: untilSignal });
    await world.start('c', 'waits');
    await settle();
    const asked = reset('c', 3, { postResetOperations: [operation] });
    await expect(asked).rejects.toMatchObject({ code: status[code as 'UNIMPLEMENTED'] });
    await expect(asked).rejects.toThrow(words);
    expect(runsOf('c')).toHaveLength(1);
  });

  it('[RSS7] an override that is not there can be taken away with a reset', async () => {
    await begin({ waits: untilSignal });
    await world.start('c', 'waits');
    await settle();
    for (const paths of [[], ['versioning_override'], ['versioning_override.behavior', 'versioning_override.deployment']])
      await reset('c', 3, {
        requestId: `with ${paths.join()}`,
        postResetOperations: [{ updateWorkflowOptions: { workflowExecutionOptions: {}, updateMask: { paths } } }],
      });
    expect(statuses('c')).toEqual([terminated, terminated, terminated, running]);
    expect(count(await events('c'), Type.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED)).toBe(0);
  });

  it('[RST1] the Started event of a task is a point: it is written anew', async () => {
    await begin({ waits: untilSignal });
    await world.start('c', 'waits');
    await settle();
    await reset('c', 3);
    await settle();
    expect(typesOf((await events('c')).slice(0, 4))).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_FAILED',
    ]);
  });

  it('[RST2] an activity that was under way fails in the new run; one that had completed is not made again', async () => {
    const script: Script = (all) => {
      const failed = all.find(({ activityTaskFailedEventAttributes: f }) => f);
      if (failed) return [command.complete('unknown')];
      if (count(all, Type.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) === 0)
        return [command.schedule('a'), command.schedule('b')];
      return closes(all) === 2 ? [command.complete('both')] : [];
    };
    await begin({ two: script });
    await world.start('c', 'two');
    await settle();
    world.activities.finish('a');
    await settle();
    world.activities.finish('b');
    await settle();
    const base = await events('c');
    expect(said(base)).toBe('both');
    await reset('c', nthCompleted(base, 2));
    await settle();
    const own = await events('c');
    expect(said(own)).toBe('unknown');
    const failed = own.find(({ activityTaskFailedEventAttributes: f }) => f)?.activityTaskFailedEventAttributes;
    expect(failed?.failure?.resetWorkflowFailureInfo).toBeTruthy();
    expect(world.activities.started.map(({ activityId }) => activityId)).toEqual(['a', 'b']);
  });

  it.each<[string, object, number, number]>([
    ['', {}, 2, 1],
    [' without signals', { resetReapplyExcludeTypes: [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL] }, 0, 1],
    [' without updates', { resetReapplyExcludeTypes: [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE] }, 2, 0],
    [' with signals only', { resetReapplyType: 1 }, 2, 0],
    [' with nothing', { resetReapplyType: 2 }, 0, 0],
  ])('[RST3] what came after the point comes again%s', async (_what, more, ofSignals, ofUpdates) => {
    await begin({ waits: () => [] });
    const updating = new UpdatingWorkflows({ waits: () => [] });
    world.workflows.runWorkflowTask = updating.runWorkflowTask.bind(updating);
    await world.start('c', 'waits');
    await settle();
    await world.signal('c');
    const request = { meta: { updateId: 'u' }, input: { name: 'set', args: payloads(7) } };
    await world.call('UpdateWorkflowExecution', { workflowExecution: { workflowId: 'c' }, request });
    await world.call('RequestCancelWorkflowExecution', { workflowExecution: { workflowId: 'c' } });
    await world.signal('c');
    await settle();
    await reset('c', nthCompleted(await events('c'), 1), more);
    await world.takeOver();
    await settle();
    const own = await events('c');
    expect(signals(own)).toBe(ofSignals);
    expect(count(own, Type.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)).toBe(0);
    expect(count(own, Type.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED)).toBe(ofUpdates);
    expect(count(own, Type.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)).toBe(ofUpdates);
    const accepted = own.find(({ workflowExecutionUpdateAcceptedEventAttributes: a }) => a);
    if (ofUpdates > 0)
      expect(accepted?.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.meta?.updateId).toBe('u');
  });

  it('[RST3] an update that was admitted again and rejected is not delivered again after a restart', async () => {
    await begin({ waits: () => [] });
    const updating = new UpdatingWorkflows({ waits: () => [] });
    const plain = world.workflows.runWorkflowTask.bind(world.workflows);
    world.workflows.runWorkflowTask = updating.runWorkflowTask.bind(updating);
    await world.start('c', 'waits');
    await settle();
    const request = { meta: { updateId: 'u' }, input: { name: 'set', args: payloads(7) } };
    await world.call('UpdateWorkflowExecution', { workflowExecution: { workflowId: 'c' }, request });
    const tasks: number[] = [];
    // A worker that knows no updates.
    world.workflows.runWorkflowTask = (task) => {
      tasks.push(task.updates.length);
      return plain(task);
    };
    await reset('c', nthCompleted(await events('c'), 1));
    await settle();
    await world.takeOver();
    await world.signal('c');
    await settle();
    expect(tasks).toEqual([1, 0]);
  });

  it('[RST3] signals of the runs that continued the base come again too', async () => {
    await begin({
      laps: (all) => {
        if (signals(all) === 0) return [];
        const isFirst = !all[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
        return isFirst ? [command.continueAsNew()] : [];
      },
    });
    const { runId } = await world.start('c', 'laps');
    await settle();
    await world.signal('c');
    await world.clock.advance(2_000);
    await world.signal('c');
    await settle();
    expect(statuses('c')).toEqual([STATUS.continuedAsNew, running]);
    world.workflows.scripts.laps = untilSignal;
    await reset('c', 4, { workflowExecution: { workflowId: 'c', runId } });
    await settle();
    expect(said(await events('c'))).toBe(2);
    expect(statuses('c')).toEqual([STATUS.continuedAsNew, terminated, completed]);
  });

  const parent: Script = (all) => {
    if (count(all, INITIATED) === 0) return [command.startChild('c')];
    const ended = count(all, Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED);
    return ended > 0 ? [command.complete(`${ended} ended`)] : [];
  };

  it.each(['open', 'closed'])('[RST4] a child of before the point that is %s belongs to the new run', async (how) => {
    await begin({ parent, child: untilSignal });
    await world.start('p', 'parent');
    await settle();
    await world.signal('p');
    await settle();
    const point = nthCompleted(await events('p'), 2);
    const ends = async () => {
      await world.signal('c');
      await settle();
    };
    if (how === 'closed') await ends();
    await reset('p', point);
    await settle();
    if (how === 'open') {
      expect(statuses('c')).toEqual([running]);
      await world.takeOver();
      await ends();
    }
    expect(said(await events('p'))).toBe('1 ended');
    expect(runsOf('c')).toHaveLength(1);
    expect([...world.store.runs.values()].every(({ wakeAt }) => wakeAt === null)).toBe(true);
  });

  it('[RSS8] a child of after the point goes on beside the new run', async () => {
    const FAILED = Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED;
    await begin({
      parent: (all, ...more) =>
        count(all, FAILED) > 0 ? (signals(all) > 0 ? [command.complete('after it')] : []) : parent(all, ...more),
      child: untilSignal,
    });
    await world.start('p', 'parent');
    await settle();
    await reset('p', nthCompleted(await events('p'), 1));
    await settle();
    expect(statuses('c')).toEqual([running]);
    expect((await events('p')).find(({ eventType }) => eventType === FAILED)).toMatchObject({
      startChildWorkflowExecutionFailedEventAttributes: { workflowId: 'c', cause: 1 },
    });
    await world.takeOver();
    await world.signal('c');
    await settle();
    expect(statuses('c')).toEqual([completed]);
    expect(count(await events('p'), Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED)).toBe(0);
    await world.signal('p');
    await settle();
    expect([said(await events('p')), statuses('p')]).toEqual(['after it', [terminated, completed]]);
    expect([...world.store.runs.values()].every(({ wakeAt }) => wakeAt === null)).toBe(true);
  });

  it('[RST5] timeouts count from the reset', async () => {
    await begin({ waits: untilSignal });
    await world.start('c', 'waits', { workflowRunTimeout: toDuration(60_000) });
    await world.clock.advance(50_000);
    await reset('c', 4);
    await world.clock.advance(50_000);
    expect(statuses('c')).toEqual([terminated, running]);
    await world.clock.advance(10_000);
    expect(statuses('c')).toEqual([terminated, STATUS.timedOut]);
  });

  it('[RST6] of a child: its parent hears of the new run, and its own children live on', async () => {
    await begin({ grandparent: parent, child: parentOf('g'), leaf: untilSignal });
    await world.start('p', 'grandparent');
    await settle();
    await world.signal('c');
    await settle();
    await reset('c', nthCompleted(await events('c'), 2));
    await settle();
    expect(statuses('g')).toEqual([running]);
    expect(statuses('p')).toEqual([running]);
    await world.signal('g');
    await settle();
    expect([statuses('c'), statuses('p')]).toEqual([[terminated, completed], [completed]]);
  });

  it('[RSS2] a saga is not reset past its first undo, nor so that it counts on a step that was undone', async () => {
    const saga: Script = (all) => {
      const begun = count(all, Type.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
      if (begun > closes(all)) return [];
      const next = ['charge', 'ship', 'charge:undo'][begun];
      return next ? [command.schedule(next)] : [command.fail('unwound')];
    };
    await begin({ saga });
    world.activities.answer = ({ activityId }) => completedWith(activityId);
    await world.start('c', 'saga');
    await settle();
    const base = await events('c');
    const points = [1, 2, 3, 4].map((n) => nthCompleted(base, n));
    await expect(reset('c', points[1]!)).rejects.toThrow(/'charge' was undone, and the new run would count on it/);
    await expect(reset('c', points[2]!)).rejects.toThrow(/'charge' was undone/);
    await expect(reset('c', points[3]!)).rejects.toThrow(/began to undo its steps before that point/);
    expect(runsOf('c')).toHaveLength(1);
    await reset('c', points[0]!);
    await settle();
    expect(runsOf('c')).toHaveLength(2);
  });

  it('[RSS3] what was asked before the point and had no answer is not asked twice', async () => {
    await begin({
      asks: (all) => {
        if (count(all, INITIATED) > 0) return [];
        return [command.startChild('c'), command.signalRun('listener')];
      },
      child: untilSignal,
      listener: () => [],
    });
    await world.start('listener', 'listener');
    const decide = world.role.engine.decide.bind(world.role.engine);
    // The answers do not come through.
    world.role.engine.decide = (run, decision) =>
      run.state.workflowId === 'p' && run.state.children.size > 0 && run.isOpen && run.state.signalCount === 0
        ? Promise.reject(new Error('away'))
        : decide(run, decision);
    await world.start('p', 'asks');
    await settle();
    await world.signal('p').catch(() => {});
    world.role.engine.decide = decide;
    const task = await events('p');
    expect(count(task, Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)).toBe(0);
    await world.signal('p');
    await settle();
    const point = nthCompleted(await events('p'), 2);
    await reset('p', point);
    await world.clock.advance(60_000);
    const own = await events('p');
    expect(count(own, Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)).toBe(1);
    expect(count(own, Type.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED)).toBe(1);
    expect(runsOf('c')).toHaveLength(1);
    expect(signals(await events('listener'))).toBe(1);
  });

  it('[RSS4] a run that has closed, and one that is not the current one', async () => {
    await begin({ steps: steps(1), waits: untilSignal });
    world.activities.answer = ({ activityId }) => completedWith(activityId);
    const { runId } = await world.start('c', 'steps');
    await settle();
    await world.start('c', 'waits');
    await settle();
    const again = await reset('c', 4, { workflowExecution: { workflowId: 'c', runId } });
    await settle();
    expect(statuses('c')).toEqual([completed, terminated, completed]);
    expect(runsOf('c')[2]).toMatchObject({ runId: again.runId, firstRunId: runId });
    // With no run of the id open.
    await reset('c', 4, { requestId: 'once more' });
    await settle();
    expect(statuses('c').at(-1)).toBe(completed);
    expect(runsOf('c')).toHaveLength(4);
  });

  it('[RSS4] a reset whose commit fails changes nothing, and can be asked again', async () => {
    await begin({ waits: untilSignal });
    await world.start('c', 'waits');
    await settle();
    world.store.failNextCommit('lostBeforeApply');
    await expect(reset('c', 4)).rejects.toThrow();
    await world.clock.advance(5_000);
    expect(statuses('c')).toEqual([running]);
    await reset('c', 4);
    expect(statuses('c')).toEqual([terminated, running]);
  });

  it('[RSS5] describe names both runs and the points of reset', async () => {
    await begin({ waits: untilSignal });
    const { runId } = await world.start('c', 'waits');
    await world.clock.advance(DAY_MS);
    const again = await reset('c', 4);
    await settle();
    type Described = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;
    const base = await world.call<Described>('DescribeWorkflowExecution', { execution: { workflowId: 'c', runId } });
    expect(base.workflowExtendedInfo?.resetRunId).toBe(again.runId);
    const { workflowExecutionInfo: info, workflowExtendedInfo: extended } = await world.describe('c');
    expect(info?.autoResetPoints?.points).toMatchObject([{ buildId: 'v1.0', runId: again.runId, resettable: true }]);
    expect(idOf(info?.autoResetPoints?.points?.[0]?.firstWorkflowTaskCompletedId)).toBe(7);
    expect(info?.startTime).not.toEqual(extended?.originalStartTime);
    expect(extended?.lastResetTime).toEqual(info?.startTime);
  });

  it('[RSS6] the effects of before the point are not counted for the base', async () => {
    const counted: (number | undefined)[] = [];
    const effectCounter = {
      knows: () => true,
      count: (_type: string, _all: unknown, _after: unknown, passedOn: PassedOn | null) => {
        counted.push(passedOn?.reset?.eventId);
        return Promise.resolve({ phase: null, standing: 0 });
      },
    };
    await begin({ waits: untilSignal }, { effectCounter });
    await world.start('c', 'waits');
    await settle();
    await reset('c', 4);
    await settle();
    expect(counted).toEqual([4]);
    await world.signal('c');
    await settle();
    await reset('c', 4, { requestId: 'again' });
    await world.takeOver();
    await settle();
    expect(counted.at(-1)).toBe(4);
  });
});

function parentOf(child: string): Script {
  return (all) => {
    if (count(all, INITIATED) === 0) return [command.startChild(child, { workflowType: { name: 'leaf' } })];
    return count(all, Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED) > 0 ? [command.complete()] : [];
  };
}
