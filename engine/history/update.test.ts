import { describe, expect, it } from 'vitest';
import { answers, command, TestRun } from './testing/run';
import { idOf } from '../proto-time';

const begun = (options?: ConstructorParameters<typeof TestRun>[0]): TestRun => {
  const run = new TestRun(options);
  run.task();
  return run;
};

describe('update', () => {
  it('[U1] admission writes no event and requests a task', () => {
    const run = begun();
    const { events, effects } = run.admit('u');
    expect(events).toEqual([]);
    expect(effects).toEqual([{ kind: 'workflowTask', at: run.now }]);
  });

  it('[U2] acceptance and completion are among the commands, where their messages are named', () => {
    const run = begun();
    run.admit('u');
    run.open();
    run.answer(
      [command.message('u/accept'), command.timer('t', 5), command.message('u/complete'), command.marker('m')],
      [answers.accept('u'), answers.complete('u')]
    );
    expect(run.types(8)).toEqual([
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'TIMER_STARTED',
      'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
      'MARKER_RECORDED',
    ]);
    const accepted = run.events[7]!.workflowExecutionUpdateAcceptedEventAttributes!;
    expect(accepted).toMatchObject({ protocolInstanceId: 'u', acceptedRequestMessageId: 'u/request' });
    expect(accepted.acceptedRequest!.input!.name).toBe('set');
    expect(idOf(run.events[9]!.workflowExecutionUpdateCompletedEventAttributes!.acceptedEventId)).toBe(8);
    expect(run.effects.map((effect) => (effect.kind === 'updateStage' ? effect.stage : effect.kind))).toEqual([
      'accepted',
      'completed',
    ]);
    expect(run.check()).toEqual([]);
  });

  it('[U3] a task that contains only a rejected update writes no event', () => {
    const run = begun();
    run.admit('u');
    const task = run.open()!;
    run.answer([command.message('u/reject')], [answers.reject('u')]);
    expect(run.events).toHaveLength(4);
    expect(run.effects).toMatchObject([
      { kind: 'updateStage', stage: 'rejected', outcome: { failure: { message: 'no' } } },
    ]);
    expect(run.state.updates.size).toBe(0);
    run.signal();
    expect(run.open()!.startedEventId).toBe(task.startedEventId + 1);
  });

  it('[U4] a rejected update beside a signal leaves the task in the history, but no event of its own', () => {
    const run = begun();
    run.signal();
    run.admit('u');
    run.open();
    run.answer([], [answers.reject('u')]);
    expect(run.types(6)).toEqual(['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED']);
  });

  it('[U5] an update is found by its id: pending, completed, and completed before a takeover', () => {
    const run = begun();
    run.admit('u');
    run.admit('u');
    expect(run.state.inFlightUpdates).toBe(1);
    run.open();
    run.answer([], [answers.accept('u'), answers.complete('u', 7)]);
    run.takeover();
    run.admit('u');
    expect(run.effects).toMatchObject([{ kind: 'updateStage', stage: 'completed', outcome: { success: {} } }]);
    expect(run.state.needsWorkflowTask).toBe(false);
  });

  it('[U6] an accepted update survives a takeover and completes later', () => {
    const run = begun();
    run.admit('u');
    run.open();
    run.answer([], [answers.accept('u')]);
    run.takeover();
    run.signal();
    run.open();
    run.answer([command.message('u/complete')], [answers.complete('u')]);
    expect(run.state.updates.get('u')!.completedEventId).toBe(run.state.nextEventId - 1);
    expect(run.check()).toEqual([]);
  });

  it('[U7] at most 10 updates are in flight', () => {
    const run = begun();
    for (let i = 0; i < 10; i++) run.admit(`u${i}`);
    expect(() => run.admit('more')).toThrow(/maxInFlightUpdates/);
    run.admit('u3');
  });

  it('[U8] an update that a failed task did not answer is sent again with the next task', () => {
    const run = begun();
    run.admit('u');
    run.open();
    run.failTask();
    expect(run.state.unsentUpdates).toBe(1);
    run.after(250);
    run.open();
    run.answer([], [answers.accept('u')]);
    expect(run.state.updates.get('u')!.acceptedEventId).toBeGreaterThan(0);
  });

  it('[U9] an update that a completed task did not answer is rejected', () => {
    const run = begun();
    run.admit('u');
    run.open();
    run.answer([command.timer('t', 1)]);
    expect(run.effects).toMatchObject([
      { stage: 'rejected', outcome: { failure: { applicationFailureInfo: { type: 'UnprocessedUpdate' } } } },
    ]);
  });

  it('[U10] when the run closes, an accepted update fails and an admitted one is aborted', () => {
    const run = begun();
    run.admit('in');
    run.open();
    run.answer([], [answers.accept('in')]);
    run.admit('waiting');
    run.terminate();
    expect(run.effects).toContainEqual({ kind: 'updateStage', updateId: 'waiting', stage: 'aborted', outcome: null });
    expect(run.effects).toContainEqual(
      expect.objectContaining({
        updateId: 'in',
        stage: 'aborted',
        outcome: {
          failure: expect.objectContaining({
            applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true },
          }),
        },
      })
    );
    run.admit('in');
    expect(run.effects).toMatchObject([{ stage: 'completed' }]);
    expect(() => run.admit('new')).toThrow(/already completed/);
  });

  it('[U11] a run does not close before it has received a pending update', () => {
    const run = begun();
    run.signal();
    run.open();
    run.admit('late');
    expect(() => run.answer([command.complete()])).toThrow(/UnhandledCommand/);
  });

  it.each([
    ['completion before acceptance', [answers.complete('u')]],
    ['acceptance twice', [answers.accept('u'), { ...answers.accept('u'), id: 'again' }]],
    ['an unknown update', [answers.accept('v')]],
  ])('[U12] %s is refused', (_, messages) => {
    const run = begun();
    run.admit('u');
    run.open();
    expect(() => run.answer([], messages)).toThrow(/update/);
    expect(run.events).toHaveLength(4);
  });
});
