/** The one sentence under a run's header, in every state that a run can have. */
import { describe, expect, it } from 'vitest';
import { parseFlow } from '../flow/testing/flow';
import { actor, applicationFailure, HistoryWriter } from './testing/history';
import { manifestOf, orderDocument } from './testing/order';
import { runs } from './testing/runs';
import { clauseOf } from './failure';
import type { PendingActivityView, RunFacts } from './model';
import { project } from './project';

const manifest = manifestOf(orderDocument);
const now = (facts: RunFacts) => project(facts, manifest).whatNow;
const standing = (facts: RunFacts) => project(facts, manifest).standing;
const charged = () => new HistoryWriter().do('reserve-inventory').do('charge-payment');
const waitingFor = (nodeId: string, kind: 'undo' | 'outcome', message: string, sinceMs: number): RunFacts['nodes'] => ({
  phase: 'needs-hand',
  nodes: {},
  waitsFor: [{ kind, nodeId, activityId: nodeId, error: { type: 'X', message }, sinceMs }],
});
const tried = (history: HistoryWriter, activityId: string, more: Partial<PendingActivityView> = {}) =>
  history.facts({
    pending: [
      history.pending(activityId, {
        state: 'backingOff',
        attempt: 3,
        nextAttemptMs: history.nowMs + 4_000,
        lastFailure: { type: 'X', message: 'nobody there.' },
        ...more,
      }),
    ],
  });

describe('the run needs a person', () => {
  it('[RVS1] an undo failed: how often, why and what remains; several failed undos are counted', () => {
    expect(now(runs.needsHand())).toMatchObject({
      kind: 'undoFailed',
      nodeId: 'charge-payment',
      sentence:
        'Refund payment failed 5 of 5 times: card network answered 503. 1 effect remains: Reserve inventory. 1 may remain: Charge payment.',
    });
    const both = charged().schedule('charge-payment:undo').schedule('reserve-inventory:undo');
    both.fail('charge-payment:undo', 'X', 'no').fail('reserve-inventory:undo', 'X', 'no');
    const nodes = waitingFor('charge-payment', 'undo', 'no', both.nowMs);
    const other = { nodeId: 'reserve-inventory', activityId: 'reserve-inventory:undo' };
    nodes?.waitsFor.push({ ...nodes.waitsFor[0]!, ...other } as (typeof nodes.waitsFor)[0]);
    expect(now(both.facts({ nodes }))?.sentence).toContain('1 more failed.');
  });
  it('[RVS1] the outcome of a step is unknown', () => {
    expect(now(runs.unknown())).toMatchObject({
      kind: 'outcomeUnknown',
      nodeId: 'charge-payment',
      sentence: 'Charge payment may have happened: took longer than allowed for one attempt. Say whether it did.',
    });
  });
  it('[RVS1] a timeout is described in the same words, whether the history or the workflow reports it', () => {
    const failure = { type: 'Timeout', message: 'activity StartToClose timeout' };
    expect(clauseOf(failure)).toBe('took longer than allowed for one attempt');
  });
  it('[RVS1] the code fails, or no worker is there', () => {
    const failing = runs.running();
    failing.workflowTask = { attempt: 4, failure: { type: 'Nondeterminism', message: 'event 9' }, sinceMs: 5 };
    expect(now(failing)).toMatchObject({
      kind: 'taskFailing',
      sinceMs: 5,
      sentence: expect.stringContaining('event 9'),
    });
    failing.workflowTask.attempt = 1;
    expect(now(failing)).toBeNull();
    expect(now(runs.noWorker())).toMatchObject({
      kind: 'noWorker',
      nodeId: 'reserve-inventory',
      sentence: "No worker has started Reserve inventory. Is a worker polling the queue 'backstitch'?",
    });
  });
  it('[RVS1] a decision is needed: by whom, about what and until when', () => {
    expect(now(runs.waitsForApproval())).toMatchObject({
      kind: 'waitsForApproval',
      nodeId: 'approve-order',
      nextMs: null,
      sentence: 'Waits for Finance: Finance approves',
    });
    const due = new HistoryWriter().schedule('approve-order:open', { candidates: ['finance'], dueAtMs: 77 });
    const nodes = runs.waitsForApproval().nodes;
    expect(now(due.facts({ nodes }))).toMatchObject({ kind: 'waitsForApproval', nextMs: 77 });
    expect(now({ ...tried(due, 'approve-order:open'), nodes })?.sentence).toBe(
      'Waits for Finance: Finance approves. Not in the inbox yet: nobody there.'
    );
  });
});

describe('the run retries by itself', () => {
  it('[RVS1] a retry of a step, an undo, a look-up or a task shows its attempt, reason and time', () => {
    expect(now(runs.retrying())).toMatchObject({
      kind: 'retrying',
      nodeId: 'create-shipment',
      nextMs: expect.any(Number) as number,
      sentence: 'Create shipment is retried, attempt 2 of 5: carrier answered 503.',
    });
    const sentences = ['charge-payment:undo', 'charge-payment:check', 'approve-order:close'].map((activityId) => {
      const told = now(tried(charged().schedule(activityId), activityId, { maximumAttempts: 0 }));
      return [told?.nodeId, told?.sentence];
    });
    expect(sentences).toEqual([
      ['charge-payment', 'Refund payment is retried, attempt 3: nobody there.'],
      ['charge-payment', 'The look-up of its outcome (Charge payment) is retried, attempt 3: nobody there.'],
      ['approve-order', 'The task in the inbox (Finance approves) is retried, attempt 3: nobody there.'],
    ]);
  });
  it('[RVS1] an undo that is retried for ever pauses, and no person is asked', () => {
    const history = charged().schedule('charge-payment:undo').fail('charge-payment:undo', 'X', 'locked');
    history.timer('charge-payment:undo', 8);
    const firesMs = history.nowMs - 1_000 + 8_000;
    const facts = history.facts({ nodes: { phase: 'unwinding', nodes: {}, waitsFor: [] } });
    expect(now(facts)).toMatchObject({
      kind: 'retrying',
      nodeId: 'charge-payment',
      nextMs: firesMs,
      sentence:
        'Refund payment failed: locked. It is retried automatically. 1 effect remains: Reserve inventory. 1 may remain: Charge payment.',
    });
  });
});

describe('the run needs nobody', () => {
  it('[RVS2] a closed run and a healthy run need nothing', () => {
    for (const facts of [runs.fresh(), runs.running(), runs.completed(), runs.leftStanding(), runs.terminated()])
      expect(now(facts)).toBeNull();
  });
  it('[SEN1] the run undoes its effects', () => {
    const history = charged().schedule('charge-payment:undo');
    expect(standing(history.facts())).toMatchObject({
      state: 'unwinding',
      nodeId: 'charge-payment',
      sentence: 'Undoes its effects: Refund payment. 2 effects remain: Reserve inventory, Charge payment.',
    });
    const between = new HistoryWriter().phase('unwinding').facts();
    expect(standing(between).sentence).toBe('Undoes its effects.');
    expect(standing(new HistoryWriter().phase('unwinding').phase(null).facts()).sentence).toBe('Running.');
  });
  it('[SEN2] the run works, waits for a timer or a signal, or informs the inbox', () => {
    expect(standing(runs.fresh())).toMatchObject({ state: 'running', sentence: 'Running.', nodeId: null });
    expect(standing(runs.running())).toMatchObject({
      state: 'running',
      sentence: 'Running: Reserve inventory.',
      nodeId: 'reserve-inventory',
    });
    const timer = charged();
    timer.timer('settle', 5);
    expect(standing(timer.facts())).toMatchObject({
      state: 'waitsForTimer',
      sentence: 'Waits: Let it settle.',
      nodeId: 'settle',
      nextMs: timer.nowMs - 1_000 + 5_000,
    });
    const telling = new HistoryWriter()
      .do('approve-order:open')
      .schedule('approve-order:close', { outcome: 'rejected' });
    expect(standing(telling.facts()).sentence).toBe('Closes the task in the inbox: Finance approves.');
  });
  it('[SEN2] the timer of a signal shows which signal the run waits for, even without a report', () => {
    const flow = manifestOf(
      parseFlow({
        format: 1,
        name: 'parcel',
        title: 'Parcel',
        input: { type: 'object' },
        signals: { packed: { title: 'Packed', schema: {} } },
        steps: [{ id: 'wait-packed', kind: 'waitForSignal', title: 'Parcel packed', signal: 'packed', timeout: '1h' }],
      })
    );
    const history = new HistoryWriter();
    const timer = history.timer('wait-packed', 3_600);
    expect(project(history.facts(), flow).standing).toMatchObject({
      state: 'waitsForSignal',
      nodeId: 'wait-packed',
      sentence: 'Waits for a signal: Parcel packed.',
      nextMs: history.nowMs - 1_000 + 3_600_000,
    });
    const row = (of: HistoryWriter) => project(of.facts(), flow).timeline.map(({ nodeId, state }) => [nodeId, state]);
    expect(row(history)).toEqual([['wait-packed', 'waitsForSignal']]);
    expect(project(history.fire(timer).facts(), flow).nodes['wait-packed']).toMatchObject({
      state: 'failed',
      failure: { type: 'SignalTimeout' },
    });
    expect(row(history)).toEqual([['wait-packed', 'failed']]);
  });
});

describe('the run unwinds and waits for a request that was sent', () => {
  const out = () => {
    const history = new HistoryWriter().do('reserve-inventory').schedule('charge-payment');
    const sentMs = history.nowMs;
    history.add('WorkflowExecutionCancelRequested', { cause: 'enough' });
    history.add('ActivityTaskCancelRequested', { scheduledEventId: history.scheduledEventId('charge-payment') });
    return { history, sentMs };
  };
  it('[SEN1] after a stop the run shows what it waits for, and for how long at most', () => {
    const { history, sentMs } = out();
    const pending = [history.pending('charge-payment', { state: 'cancelRequested', lastStartedMs: sentMs })];
    expect(standing(history.facts({ pending }))).toMatchObject({
      state: 'running',
      nodeId: 'charge-payment',
      nextMs: sentMs + 30_000,
      next: 'at the latest',
      sentence: 'Stops when Charge payment is answered: its request was sent and may take effect.',
    });
  });
  it('[SEN1] it names all steps whose answers it waits for', () => {
    const { history } = out();
    history.schedule('create-shipment');
    history.add('ActivityTaskCancelRequested', { scheduledEventId: history.scheduledEventId('create-shipment') });
    const sent = { state: 'cancelRequested', lastStartedMs: history.nowMs } as const;
    const pending = ['charge-payment', 'create-shipment'].map((step) => history.pending(step, sent));
    expect(standing(history.facts({ pending })).sentence).toBe(
      'Stops when Charge payment, Create shipment are answered: their requests were sent and may take effect.'
    );
  });
  it('[RVS1] a closed run is never shown as retrying, even if an older pending state says so', () => {
    const { history } = out();
    const pending = [history.pending('charge-payment', { state: 'backingOff', attempt: 2 })];
    expect(now(history.facts({ pending }))?.kind).toBe('retrying');
    expect(now(history.cancelActivity('charge-payment').facts({ pending }))).toBeNull();
  });
  it('[SEN1] before an undo the run waits until late calls have settled', () => {
    const history = new HistoryWriter().schedule('charge-payment').timeOut('charge-payment');
    const timer = history.timer('charge-payment:undo', 60);
    expect(standing(history.facts())).toMatchObject({
      state: 'unwinding',
      nodeId: 'charge-payment',
      next: 'continues automatically',
      sentence: 'Waits until no late call of Charge payment can arrive; then it is undone.',
    });
    expect(standing(history.fire(timer).facts()).sentence).not.toContain('late call');
  });
});

it('[RVS4] the result of a time limit is stated exactly: rejected, approved, failed or continued', () => {
  const approvalThat = (onTimeout: 'reject' | 'approve' | 'fail') => {
    const steps = [
      {
        id: 'ask',
        kind: 'approval',
        title: 'Ask',
        question: '?',
        candidates: [],
        data: {},
        timeout: '6d',
        onTimeout,
      },
    ];
    const input = { type: 'object' };
    const document = parseFlow({ format: 1, name: 'asks', title: 'Asks', input, steps });
    const history = new HistoryWriter().do('ask:open').schedule('ask:open', { candidates: [], dueAtMs: 77 });
    return project(history.complete('ask:open').facts(), manifestOf(document)).whatNow;
  };
  expect(approvalThat('reject')).toMatchObject({ nextMs: 77, next: 'is rejected automatically' });
  expect(approvalThat('approve')).toMatchObject({ next: 'is approved automatically' });
  expect(approvalThat('fail')).toMatchObject({ next: 'fails automatically' });
});

describe('a closed run', () => {
  const failed = (history: HistoryWriter, failure: object) =>
    standing(history.close('Failed', { failure }).facts({ status: 'failed' }));
  const byActivity = (activityId: string, message: string) => ({
    message: 'Activity task failed',
    activityFailureInfo: { activityId },
    cause: applicationFailure('X', message),
  });

  it('[SEN3] completed: its effects remain as intended', () => {
    expect(standing(runs.completed())).toMatchObject({
      state: 'done',
      sentence: 'Completed. 5 effects remain, as meant.',
    });
    expect(standing(new HistoryWriter().close('Completed').facts({ status: 'completed' })).sentence).toBe('Completed.');
  });
  it('[SEN3] completed with effects that it was not meant to leave: these by name, then the number of the others', () => {
    const history = charged()
      .schedule('charge-payment:undo')
      .fail('charge-payment:undo', 'HttpError', 'card network answered 503', { attempt: 5 });
    expect(standing(history.close('Completed').facts({ status: 'completed' }))).toMatchObject({
      state: 'undoFailed',
      nodeId: 'charge-payment',
      sentence:
        'Completed, but not everything was undone. 1 effect may remain: Charge payment. 1 effect remains, as meant.',
    });
  });
  it('[SEN3] failed with all effects undone: the step and the reason', () => {
    const unwound = charged().do('charge-payment:undo').do('reserve-inventory:undo');
    expect(failed(unwound, byActivity('create-shipment', 'carrier answered 503.'))).toMatchObject({
      state: 'undone',
      nodeId: 'create-shipment',
      sentence: 'Create shipment failed: carrier answered 503. All its effects were undone.',
    });
    expect(failed(new HistoryWriter(), byActivity('reserve-inventory', 'sold out')).sentence).toBe(
      'Reserve inventory failed: sold out. It had no effects to undo.'
    );
  });
  it('[SEN3] failed while effects remain: the original failure, then the effects by name', () => {
    const failure = {
      ...applicationFailure('LeftStanding', 'carrier answered 503 (2 effects remain)'),
      cause: byActivity('create-shipment', 'carrier answered 503'),
    };
    expect(failed(charged(), failure)).toMatchObject({
      state: 'failed',
      nodeId: 'create-shipment',
      sentence: 'Create shipment failed: carrier answered 503. 2 effects remain: Reserve inventory, Charge payment.',
    });
    const many = charged().do('create-shipment').do('book-invoice').do('hand-over');
    expect(failed(many, byActivity('send-confirmation', 'no')).sentence).toContain(
      '5 effects remain: Reserve inventory, Charge payment, Create shipment and 2 more.'
    );
  });
  it('[SEN3] failed in an expression: its step; failed in the saga library: its own message', () => {
    const bug = (nodeId: string, after: boolean) =>
      failed(new HistoryWriter(), applicationFailure('ExpressionError', 'x is undefined', [{ nodeId, after }]));
    const told = (
      [
        ['fulfil', false],
        ['charge-payment', true],
        ['fulfil', true],
        ['approve-order', true],
        ['large-order', true],
        ['settle', true],
        ['paper', false],
        ['', true],
        ['gone', true],
      ] as const
    ).map(([nodeId, after]) => bug(nodeId, after));
    // Expressions of a node are evaluated before it starts; after a choice any of its branches may precede it.
    expect(told.map(({ nodeId, sentence }) => [nodeId, sentence.replace(/\. .*$/, '')])).toEqual([
      ['fulfil', 'Fulfil failed: x is undefined'],
      ['fulfil', 'Fulfil failed: x is undefined'],
      ['hand-over', 'Hand over to carrier failed: x is undefined'],
      ['charge-payment', 'Charge payment failed: x is undefined'],
      [null, 'After Above the limit?: x is undefined'],
      [null, 'After Let it settle: x is undefined'],
      ['book-invoice', 'Book invoice failed: x is undefined'],
      ['reserve-inventory', 'Reserve inventory failed: x is undefined'],
      [null, 'X is undefined'],
    ]);
    const close = {
      failure: applicationFailure('ExpressionError', 'x', [{ nodeId: 'reserve-inventory', after: true }]),
    };
    const run = new HistoryWriter().do('reserve-inventory').close('Failed', close).facts({ status: 'failed' });
    expect(project(run, manifest).nodes['large-order']).toMatchObject({ state: 'failed', failure: { message: 'x' } });
    const rejected = new HistoryWriter()
      .do('approve-order:open')
      .schedule('approve-order:close', { taskId: 't', outcome: 'rejected', decidedBy: 'Bob', comment: 'too much' })
      .complete('approve-order:close');
    expect(failed(rejected, applicationFailure('Rejected', "Bob rejected 'Finance approves': too much"))).toMatchObject(
      {
        nodeId: 'approve-order',
        sentence: "Bob rejected 'Finance approves': too much. It had no effects to undo.",
      }
    );
  });
  it('[SEN3] failed in the saga library with a message that names no step: the step is named, of loops the inner one', () => {
    const { steps: _, ...flow } = orderDocument as { steps: unknown };
    const add = { id: 'add', title: 'Add', kind: 'wait', until: '"soon"' };
    const loop = (id: string, title: string, steps: unknown[]) => ({
      id,
      title,
      kind: 'repeat',
      until: 'true',
      most: 3,
      steps,
    });
    const document = {
      ...flow,
      signals: {},
      steps: [loop('outer', 'Every day', [loop('inner', 'Every hour', [add])])],
    };
    const told = (type: string, message: string, ...failed: string[]) => {
      const nodes = Object.fromEntries(failed.map((id) => [id, { state: 'failed' as const }]));
      const history = new HistoryWriter().close('Failed', { failure: applicationFailure(type, message) });
      const facts = history.facts({ status: 'failed', nodes: { phase: 'done', nodes, waitsFor: [] } });
      return project(facts, manifestOf(document as never)).standing.sentence;
    };
    expect(told('TooManyRounds', 'It is not over.', 'outer', 'inner~1')).toBe(
      'Every hour failed: It is not over. It had no effects to undo.'
    );
    expect(told('TooManyRounds', 'It is not over.', 'outer')).toMatch(/^Every day failed: /);
    expect(told('NoInstant', 'Cannot wait.', 'outer', 'inner~1', 'add~1.1')).toMatch(/^Add failed: Cannot wait\./);
  });
  it('[SEN3] stopped: by whom, why, and that all effects were undone', () => {
    const history = charged();
    history.add('WorkflowExecutionCancelRequested', { identity: 'ada@example.com', cause: 'The customer called.' });
    history.do('charge-payment:undo').do('reserve-inventory:undo').close('Canceled');
    expect(standing(history.facts({ status: 'canceled' }))).toMatchObject({
      state: 'cancelled',
      sentence: 'Stopped by ada@example.com: The customer called. All its effects were undone.',
    });
  });
  it('[SEN3] killed: by whom and what remains; while it unwinds, what will not be undone', () => {
    const kill = (history: HistoryWriter) =>
      standing(history.close('Terminated', { reason: 'stuck', identity: 'Ada' }).facts({ status: 'terminated' }))
        .sentence;
    expect(kill(charged())).toBe(
      'Killed by Ada: stuck. Nothing was undone. 2 effects remain: Reserve inventory, Charge payment.'
    );
    expect(kill(charged().phase('unwinding').do('charge-payment:undo'))).toBe(
      'Killed by Ada: stuck. Nothing was undone any more. 1 effect remains: Reserve inventory.'
    );
    expect(kill(new HistoryWriter())).toBe('Killed by Ada: stuck. Nothing was undone. No effect remains.');
  });
  it('[SEN3] reset: another run goes on', () => {
    const history = charged().close('Terminated', { reason: 'wrong price', identity: 'history-resetter' });
    expect(standing(history.facts({ status: 'terminated' })).sentence).toBe(
      'Reset: wrong price. A newer run with this id goes on instead of it. 2 effects remain: Reserve inventory, Charge payment.'
    );
    const passedOn = (eventId: number) => ({ toParent: false, reset: { eventId, runId: 'new' } });
    const facts = history.facts({ status: 'terminated' });
    const [, second] = facts.events.filter(({ type }) => type === 'ActivityTaskScheduled');
    expect(standing({ ...facts, passedOn: passedOn(second!.id) }).sentence).toBe(
      'Reset: wrong price. A newer run with this id goes on instead of it. 1 effect remains: Charge payment. 1 effect belongs to the newer run now: Reserve inventory.'
    );
    expect(standing({ ...facts, passedOn: passedOn(second!.id + 1) }).sentence).toBe(
      'Reset: wrong price. A newer run with this id goes on instead of it. 2 effects belong to the newer run now: Reserve inventory, Charge payment.'
    );
  });
  it('[SEN3] closed by a timeout of the run, which runs none of its code', () => {
    expect(standing(charged().close('TimedOut').facts({ status: 'timedOut' })).sentence).toBe(
      'Closed by a timeout of the run, without running its code. 2 effects remain: Reserve inventory, Charge payment.'
    );
  });
  it("[SEN3] a person's answer counts: an effect undone by hand is undone, and one left may remain", () => {
    expect(standing(runs.leftStanding()).sentence).toMatch(/1 effect may remain: Charge payment\.$/);
    const byHand = charged().do('charge-payment:undo').schedule('reserve-inventory:undo');
    byHand.fail('reserve-inventory:undo', 'X', 'locked').update('__decideUndo', 'd', {
      nodeId: 'reserve-inventory',
      choice: 'doneByHand',
      reason: 'counted',
      actor: actor('Bob'),
    });
    expect(failed(byHand, applicationFailure('X', 'no')).sentence).toBe('No. All its effects were undone.');
  });
});
