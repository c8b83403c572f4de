/**
 * Trials of the order example and of small flows.
 *
 * Rules
 * [TR1] What a plan does not say goes well.
 * [TR2] A failure before the effect undoes what was done before; nothing is undone for the step itself.
 * [TR3] After the effect, and without an answer, the policy of the step decides, and a look-up says what happened.
 * [TR4] An undo fails as often as planned; when it fails for good, a person is asked, and the trial ends with the
 *       question.
 * [TR5] Decisions, signals, stops and the answers of operators come as planned.
 * [TR6] Waits take flow time and no real time.
 * [TR7] The moments are prefixes of the history, each is projected as a live run is, and the last one is the end.
 * [TR8] The ledger agrees with the books of the services.
 * [TR9] An answer that does not fit its schema fails as it would in a real call.
 * [TR10] A trial always ends, also of a step that is retried for ever.
 * [TR11] In a loop every item is answered as its step is planned, unless the plan has answers for that item; each item
 *        has its own questions.
 * [TR12] A stop comes when the run has reached its node, before anything that the plan sends for that node. It comes
 *        also where the node calls nothing and the run does not wait for anything else.
 * [TR14] A question names the answer that the run would not accept.
 * [TR13] What happened says when a wait ended, when a time limit passed, and that a signal was not taken, and why.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { provesHistories } from '../history/testing/proof';
import { project } from '../run-view/project';
import type { Answer } from '../flow/trial-plan';
import { planSchema } from '../flow/trial-plan';
import { factsAt, type TrialResult } from './result';
import { playTrial } from './trial';
import { claimsAgainstBooks } from './testing/books';
import { usesWorkshop } from './testing/workshop';

provesHistories('scripted');
const workshop = usesWorkshop();

const order = JSON.parse(
  readFileSync('engine/examples/order-fulfilment/order-fulfilment.flow.json', 'utf8')
) as FlowDocument;
const { input } = order.scenarios[0]!;
let manifest: FlowManifest;
beforeAll(async () => {
  manifest = await workshop.make(order);
});
const play = async (plan: Parameters<typeof workshop.play>[1]) => {
  const result = await workshop.play(manifest, { input, ...plan });
  // [TR8]
  expect(claimsAgainstBooks(result)).toEqual([]);
  return result;
};

const failure = (effect: 'none' | 'happened', more: Partial<Extract<Answer, { kind: 'failure' }>> = {}): Answer => ({
  kind: 'failure',
  effect,
  type: 'Down',
  message: 'the service is down',
  retryable: false,
  ...more,
});
const called = ({ calls }: TrialResult) =>
  calls.map(({ nodeId, role, attempt }) => (role === 'do' ? `${nodeId} ${attempt}` : `${nodeId}:${role} ${attempt}`));

test('[TR1] without a plan all steps answer with values that fit, and the run completes', async () => {
  const result = await play({});
  expect(called(result)).toEqual([
    'reserve-inventory 1',
    'charge-payment 1',
    'create-shipment 1',
    'send-confirmation 1',
  ]);
  expect(result.end).toMatchObject({
    kind: 'completed',
    output: { trackingNumber: expect.any(String), transactionId: expect.any(String) },
    elapsedMs: 0,
    sentence: 'Completed. 4 effects remain, as meant.',
  });
});

test('[TR2] a failure before its effect undoes what was done before', async () => {
  const result = await play({ steps: { 'create-shipment': { answers: [failure('none')] } } });
  expect(called(result).slice(3)).toEqual(['charge-payment:undo 1', 'reserve-inventory:undo 1']);
  expect(result).toMatchObject({
    end: { kind: 'failed', failure: { type: 'Down', message: 'the service is down' } },
    left: [],
    undone: expect.objectContaining({ length: 2 }),
  });
});

test('[TR2] an attempt that fails is repeated as the step says, and a later one may succeed', async () => {
  const down = failure('none', { retryable: true });
  const result = await play({ steps: { 'charge-payment': { answers: [down, down, { kind: 'output' }] } } });
  expect(called(result).filter((call) => call.startsWith('charge'))).toEqual([
    'charge-payment 1',
    'charge-payment 2',
    'charge-payment 3',
  ]);
  // 500 ms, and 1.5 times as long.
  expect(result.end).toMatchObject({ kind: 'completed', elapsedMs: 1_250 });
});

test('[TR3] after its effect the look-up finds it, and the run goes on', async () => {
  const result = await play({ steps: { 'charge-payment': { answers: [failure('happened')] } } });
  expect(called(result)).toContain('charge-payment:check 1');
  expect(result.end.kind).toBe('completed');
});

test('[TR8] what happened is not denied, whatever the type of the failure says', async () => {
  const denied = failure('none', { type: 'NotApplied' });
  const answers = [failure('happened', { retryable: true }), denied];
  const later = await play({ steps: { 'reserve-inventory': { answers } } });
  const atOnce = await play({
    steps: { 'reserve-inventory': { answers: [failure('happened', { type: 'NotApplied' })] } },
  });
  for (const { undone, left } of [later, atOnce]) expect([undone, left]).toEqual([['reserve-inventory'], []]);
  expect((await play({ steps: { 'reserve-inventory': { answers: [denied] } } })).undone).toEqual([]);
});

test('[TR3] without an answer every attempt takes its whole time; the look-up finds nothing, and nothing is refunded', async () => {
  const result = await play({ steps: { 'charge-payment': { answers: [{ kind: 'timeout', effect: 'none' }] } } });
  expect(result.end).toMatchObject({ kind: 'failed', elapsedMs: 3 * 2_000 + 500 + 750 });
  expect(called(result)).not.toContain('charge-payment:undo 1');
  expect(result).toMatchObject({ left: [], undone: expect.objectContaining({ length: 1 }) });
});

test('[TR3] a look-up that fails leaves the question to a person', async () => {
  const answers: Answer[] = [{ kind: 'timeout', effect: 'happened' }];
  const asked = await play({ steps: { 'charge-payment': { answers, lookUp: { fails: true } } } });
  expect(asked.end).toMatchObject({
    kind: 'asks',
    questions: [{ nodeId: 'charge-payment', kind: 'outcome', words: "Did 'Charge payment' happen?" }],
  });
  expect(asked.left).toContainEqual(expect.objectContaining({ nodeId: 'charge-payment', happened: 'maybe' }));
  const outcome = [{ choice: 'applied' as const }];
  const answered = await play({ steps: { 'charge-payment': { answers, lookUp: { fails: true }, outcome } } });
  expect(answered.end.kind).toBe('completed');
});

test('[TR4] an undo that fails twice is repeated; one that fails for good asks a person', async () => {
  const down = failure('none', { retryable: true });
  const shipment = { answers: [failure('none')] };
  const twice = await play({
    steps: { 'create-shipment': shipment, 'charge-payment': { undo: [down, down, { kind: 'output' }] } },
  });
  expect(twice).toMatchObject({
    end: { kind: 'failed', elapsedMs: 1_500 },
    left: [],
    undone: expect.objectContaining({ length: 2 }),
  });

  const steps = { 'create-shipment': shipment, 'charge-payment': { undo: [failure('none')] } };
  const asked = await play({ steps });
  expect(asked.end).toMatchObject({
    kind: 'asks',
    questions: [{ nodeId: 'charge-payment', kind: 'undo', words: expect.stringContaining('Refund the payment') }],
  });
  // Nothing before it is undone while the question is open.
  expect(asked.left.map(({ nodeId, state }) => [nodeId, state])).toEqual([
    ['reserve-inventory', 'standing'],
    ['charge-payment', 'undoFailed'],
  ]);
});

test.each([
  ['doneByHand', 'failed', []],
  ['leave', 'failed', ['charge-payment']],
] as const)('[TR5] an operator answers %s', async (choice, kind, left) => {
  const result = await play({
    steps: {
      'create-shipment': { answers: [failure('none')] },
      'charge-payment': { undo: [failure('none')], afterUndoFailed: [choice] },
    },
  });
  expect(result.end.kind).toBe(kind);
  expect(result.left.map(({ nodeId }) => nodeId)).toEqual(left);
});

test('[TR5] a question that is asked again at the same moment gets the next answer', async () => {
  const played = (afterUndoFailed: ('retry' | 'leave')[]) =>
    play({
      steps: {
        'create-shipment': { answers: [failure('none')] },
        'charge-payment': { undo: [failure('none')], afterUndoFailed },
      },
    });
  expect((await played(['retry', 'retry'])).end).toMatchObject({ kind: 'asks', elapsedMs: 0 });
  const left = await played(['retry', 'retry', 'leave']);
  expect(left.end.kind).toBe('failed');
  expect(called(left).filter((call) => call.startsWith('charge-payment:undo'))).toHaveLength(3);
});

const large = order.scenarios.find(({ name }) => name === 'large-order')!.input;
test('[TR5] an approval is approved, rejected, or not decided in time', async () => {
  expect((await play({ input: large })).end.kind).toBe('completed');
  const rejected = await play({ input: large, steps: { 'approve-order': { decision: 'reject' } } });
  expect(rejected).toMatchObject({
    end: { kind: 'failed', failure: { type: 'Rejected' } },
    undone: expect.objectContaining({ length: 1 }),
    left: [],
  });
  const late = await play({ input: large, steps: { 'approve-order': { decision: 'nobody' } } });
  // [TR6] Seven days, in no time.
  expect(late.end).toMatchObject({ kind: 'failed', elapsedMs: 7 * 86_400_000 });
});

test('[TR5] a stop during a step: its answer is waited for, and everything is undone', async () => {
  const result = await play({ stopAt: 'charge-payment' });
  expect(result).toMatchObject({ end: { kind: 'canceled' }, left: [], undone: expect.objectContaining({ length: 2 }) });
  expect(called(result)).toEqual([
    'reserve-inventory 1',
    'charge-payment 1',
    'charge-payment:stop 1',
    'charge-payment:undo 1',
    'reserve-inventory:undo 1',
  ]);
});

test('[TR7] the moments go from nothing to the end, and show the way back', async () => {
  const result = await play({ steps: { 'create-shipment': { answers: [failure('none')] } } });
  const { moments } = result;
  expect(moments.map(({ events }) => events)).toEqual([...moments.map(({ events }) => events)].sort((a, b) => a - b));
  expect(moments.at(-1)!.events).toBe(result.events.length);
  const states = moments.map((_, index) => {
    const { nodes, ledger } = project(factsAt(result, index), manifest);
    return [
      nodes['reserve-inventory']!.state,
      nodes['charge-payment']!.state,
      nodes['create-shipment']!.state,
      ledger.left,
    ];
  });
  expect(states).toEqual([
    ['notYet', 'notYet', 'notYet', 0],
    ['running', 'notYet', 'notYet', 1],
    ['done', 'running', 'notYet', 2],
    ['done', 'done', 'running', 3],
    ['done', 'unwinding', 'failed', 2],
    ['unwinding', 'undone', 'failed', 1],
    ['undone', 'undone', 'failed', 0],
  ]);
  expect(project(factsAt(result, moments.length - 1), manifest).standing.sentence).toBe(result.end.sentence);
  // Each call is shown at a moment at which its step has begun.
  for (const { moment, nodeId, role } of result.calls)
    if (role === 'do') expect(project(factsAt(result, moment), manifest).nodes[nodeId]!.state).not.toBe('notYet');
});

test('[TR9] an answer that does not fit its schema fails the step', async () => {
  const answers: Answer[] = [{ kind: 'output', output: { reservationId: 7 } }];
  const result = await play({ steps: { 'reserve-inventory': { answers } } });
  expect(result.end).toMatchObject({ kind: 'failed', failure: { type: 'ResponseInvalid' } });
  expect(result.end.failure!.message).toMatch(/orderId is missing/);
});

const POST = { method: 'POST', connection: 'service', path: '/do' };
const small = (steps: object[], more: object = {}) =>
  workshop.make({ format: 2, name: 'small', title: 'Small', input: { type: 'object' }, ...more, steps });
const step = (id: string, more: object = {}) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  input: POST,
  effect: 'reversible',
  lateCalls: 'refused',
  unknown: { policy: 'undo' },
  undo: { title: `undo ${id}`, activity: 'http.request', input: POST },
  ...more,
});

test('[TR10] a step after the point of no return that always fails ends the trial, and says so', async () => {
  const forward = { undo: undefined, unknown: { policy: 'ask' } };
  const flow = await small([step('pivot', { ...forward, pivot: true }), step('after', forward)]);
  const result = await workshop.play(flow, { steps: { after: { answers: [failure('none', { retryable: true })] } } });
  expect(result.end).toMatchObject({ kind: 'retries', sentence: expect.stringContaining("'after' fails each time") });
});

test('[TR10] so does an undo that is retried for ever', async () => {
  const flow = await small([
    step('first', { undo: { title: 'undo', activity: 'http.request', input: POST, onFailure: 'retry' } }),
    step('second'),
  ]);
  const steps = { second: { answers: [failure('none')] }, first: { undo: [failure('none')] } };
  const result = await workshop.play(flow, { steps });
  expect(result.end).toMatchObject({ kind: 'retries', sentence: expect.stringContaining("The undo of 'first'") });
  expect(result.left.map(({ nodeId }) => nodeId)).toEqual(['first']);
});

test('[TR5] signals arrive when they are waited for, and not where the plan says never', async () => {
  const signals = { paid: { title: 'Paid', schema: { type: 'object', properties: { by: { type: 'string' } } } } };
  const flow = await small(
    [
      step('first'),
      { id: 'until-paid', kind: 'waitForSignal', title: 'Until paid', signal: 'paid', timeout: '2h' },
      { id: 'a-day', kind: 'wait', title: 'A day', duration: '1d' },
    ],
    { signals }
  );
  const came = await workshop.play(flow, {});
  expect(came).toMatchObject({ end: { kind: 'completed', elapsedMs: 86_400_000 } });
  expect(came.calls.find(({ role }) => role === 'signal')).toMatchObject({ nodeId: 'until-paid', input: { by: 'by' } });
  const never = await workshop.play(flow, { steps: { 'until-paid': { signal: 'never' } } });
  expect(never).toMatchObject({
    end: { kind: 'failed', elapsedMs: 7_200_000 },
    undone: expect.objectContaining({ length: 1 }),
  });
});

test('[TR14] a step without an undo cannot be undone, and an undo that cannot be called is not tried again', async () => {
  const silent: Answer = { kind: 'timeout', effect: 'none' };
  const asks = async (node: object, answers: Answer[]) => {
    const flow = await small([node, step('last')]);
    const played = await workshop.play(flow, { steps: { one: { answers }, last: { answers: [failure('none')] } } });
    return played.end.questions.map(({ kind, words, without }) => [kind, words, without]);
  };
  const ask = { unknown: { policy: 'ask' } };
  expect(await asks(step('one', ask), [silent])).toEqual([['outcome', "Did 'one' happen?", undefined]]);
  expect(await asks(step('one', { ...ask, undo: undefined }), [silent])).toEqual([
    ['outcome', "Did 'one' happen?", 'undo'],
  ]);
  const input = { ...POST, body: { $expr: 'one.list[3].id' } };
  const output = { type: 'object', properties: { list: { type: 'array', items: { type: 'object' } } } };
  const unmade = step('one', { ...ask, output, undo: { title: 'Take back', activity: 'http.request', input } });
  expect(await asks(unmade, [{ kind: 'output', output: { list: [] } }])).toEqual([
    ['undo', "'Take back' cannot be called. Undo it by hand, or leave it?", 'retry'],
  ]);
});

const said = ({ calls }: TrialResult, role: string) =>
  calls.filter((call) => call.role === role).map(({ nodeId, words, isTaken }) => [nodeId, words, isTaken ?? true]);
const approval = { id: 'agree', kind: 'approval', title: 'Agree', question: 'Agree?', data: {} };
const aDay = { id: 'a-day', kind: 'wait', title: 'A day', duration: '1d' };

test('[TR5] a signal that comes before its step waits is kept; the trial says if its value is another one', async () => {
  const schema = { type: 'object', properties: { amount: { type: 'integer' } }, required: ['amount'] };
  const wait = { id: 'until-paid', kind: 'waitForSignal', title: 'Until paid', signal: 'paid', timeout: '2h' };
  const flow = await small([step('first'), { ...wait, when: 'argument.amount >= 10' }], {
    signals: { paid: { title: 'Paid', schema } },
  });
  const play = (signal: { payload?: unknown; early: true }) =>
    workshop.play(flow, { steps: { 'until-paid': { signal } } });
  const kept = await play({ early: true });
  expect([kept.end.kind, called(kept)]).toEqual(['completed', ['until-paid:signal 1', 'first 1']]);
  expect(said(kept, 'signal')).toEqual([['until-paid', "The signal 'paid' came before its step waited for it.", true]]);
  const other = await play({ early: true, payload: { amount: 3 } });
  expect(other.end.kind).toBe('failed');
  expect(said(other, 'signal')).toEqual([
    [
      'until-paid',
      "The signal 'paid' came, but its value is not one that this step waits for: argument.amount >= 10",
      false,
    ],
  ]);
});

test('[TR12] a run that is stopped at an approval or at a signal is not decided, and takes no signal', async () => {
  const signals = { paid: { title: 'Paid', schema: {} } };
  const waits = { id: 'until-paid', kind: 'waitForSignal', title: 'Until paid', signal: 'paid' };
  const flow = await small([step('first'), approval, waits], { signals });
  const atApproval = await workshop.play(flow, { stopAt: 'agree' });
  expect(called(atApproval)).toEqual(['first 1', 'agree:stop 1', 'first:undo 1']);
  expect(atApproval.end.kind).toBe('canceled');
  const atSignal = await workshop.play(flow, { stopAt: 'until-paid' });
  expect(called(atSignal)).toEqual(['first 1', 'agree:decision 1', 'until-paid:stop 1', 'first:undo 1']);
});

test('[TR12] a run is stopped at a wait beside a branch that goes on, in a cell too', async () => {
  const branches = [
    { id: 'quick', title: 'Quick', steps: [step('one'), step('two')] },
    { id: 'slow', title: 'Slow', steps: [aDay] },
  ];
  const flow = await small([{ id: 'first', kind: 'race', title: 'First', branches }]);
  const played = await workshop.play(flow, { stopAt: 'a-day' });
  expect(played.end.kind).toBe('canceled');
  expect(called(played)).toContain('a-day:stop 1');
  const plan = planSchema.parse({ input: {}, stopAt: 'a-day' });
  const cell = await playTrial(workshop.worker, flow, plan, { keepsMoments: false });
  expect([cell.end.kind, called(cell)]).toEqual([played.end.kind, called(played)]);
});

test('[TR13] waits and time limits are said when they end', async () => {
  const signals = { paid: { title: 'Paid', schema: {} } };
  const late = { id: 'until-paid', kind: 'waitForSignal', title: 'Until paid', signal: 'paid', timeout: '90m' };
  const flow = await small([{ ...aDay, duration: '60d' }, { ...approval, timeout: '2d', onTimeout: 'approve' }, late], {
    signals,
  });
  const steps = { agree: { decision: 'nobody' as const }, 'until-paid': { signal: 'never' as const } };
  const played = await workshop.play(flow, { steps });
  expect(said(played, 'time')).toEqual([
    ['a-day', 'Waited for 60 days.', true],
    ['agree', 'Nobody decided within 2 days.', true],
    ['until-paid', "No signal 'paid' that it waits for came within 1 hour 30 minutes.", true],
  ]);
});

test('[TR13] a signal whose value does not fit, or is not the one that is waited for, is not taken', async () => {
  const schema = { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } };
  const waits = { id: 'until-paid', kind: 'waitForSignal', title: 'Until paid', signal: 'paid', timeout: '2h' };
  const flow = await small([{ ...waits, when: 'argument.amount >= input.price * 2' }], {
    input: { type: 'object', required: ['price'], properties: { price: { type: 'integer' } } },
    signals: { paid: { title: 'Paid', schema } },
  });
  const sent = async (payload: unknown) => {
    const played = await workshop.play(flow, { input: { price: 9 }, steps: { 'until-paid': { signal: { payload } } } });
    return [played.end.kind, ...said(played, 'signal')];
  };
  expect(await sent({ amount: 18 })).toEqual(['completed', ['until-paid', "The signal 'paid' came.", true]]);
  const other = "The signal 'paid' came, but its value is not one that this step waits for: ";
  expect(await sent({ amount: 9 })).toEqual([
    'failed',
    ['until-paid', `${other}argument.amount >= input.price * 2`, false],
  ]);
  const refused = "The signal 'paid' was not accepted: /amount must be a whole number.";
  expect(await sent({ amount: 'much' })).toEqual(['failed', ['until-paid', refused, false]]);
});

test('[TR10] a flow that waits for what never comes ends as waiting', async () => {
  const signals = { paid: { title: 'Paid', schema: {} } };
  const flow = await small([{ id: 'until-paid', kind: 'waitForSignal', title: 'Until paid', signal: 'paid' }], {
    signals,
  });
  const { end } = await workshop.play(flow, { steps: { 'until-paid': { signal: 'never' } } });
  expect(end).toMatchObject({ kind: 'waits', elapsedMs: 0 });
});

test('[TR11] items of a loop fail, are undone and ask for themselves', async () => {
  const flow = await small(
    [
      {
        id: 'all',
        kind: 'each',
        title: 'All',
        items: 'input.list',
        item: 'entry',
        concurrency: 2,
        steps: [step('one')],
      },
      step('last'),
    ],
    {
      input: { type: 'object', required: ['list'], properties: { list: { type: 'array', items: { type: 'string' } } } },
    }
  );
  const list = { list: ['a', 'b', 'c'] };
  const well = await workshop.play(flow, { input: list });
  expect(well.books.filter(({ applied }) => applied).map(({ activityId }) => activityId)).toEqual([
    'one~1',
    'one~2',
    'one~3',
    'last',
  ]);
  const failed = await workshop.play(flow, { input: list, steps: { last: { answers: [failure('none')] } } });
  expect(failed).toMatchObject({ end: { kind: 'failed' }, left: [], undone: ['one', 'one', 'one'] });
  expect(claimsAgainstBooks(failed)).toEqual([]);
  const steps = { last: { answers: [failure('none')] }, one: { undo: [failure('none')] } };
  const asked = await workshop.play(flow, { input: list, steps });
  expect(asked.end).toMatchObject({ kind: 'asks', questions: [{ nodeId: 'one', kind: 'undo' }] });
  const left = await workshop.play(flow, {
    input: list,
    steps: { ...steps, one: { ...steps.one, afterUndoFailed: ['leave'] } },
  });
  // Each item has a question of its own, and is answered as planned.
  expect(left.end.kind).toBe('failed');
  expect(left.left).toHaveLength(3);
  // One item fails, and another one's undo.
  const items = { '2': { answers: [failure('none')] }, '1': { undo: [failure('none')] } };
  const second = await workshop.play(flow, { input: list, steps: { one: { items } } });
  expect(second).toMatchObject({ end: { kind: 'asks' }, left: [{ nodeId: 'one' }] });
  const ended = second.calls.map(({ nodeId, path, role, answer }) => [nodeId, path, role, answer?.kind]);
  expect(ended).toContainEqual(['one', [2], 'do', 'failure']);
  expect(ended).toContainEqual(['one', [1], 'undo', 'failure']);
  expect(claimsAgainstBooks(second)).toEqual([]);
});
