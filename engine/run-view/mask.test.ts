import { expect, test } from 'vitest';
import type { FlowManifest } from '../flow/manifest';
import type { RunEvent } from './model';
import { MASK } from '../flow/values/mask';
import { maskOf, readerOf } from './mask';

const secret = { type: 'string', sensitive: true };
const pin = { type: 'object', properties: { pin: secret, amount: { type: 'integer' } } };
const manifest = {
  document: {
    input: {
      type: 'object',
      properties: { card: secret, name: { type: 'string' }, more: { type: 'object', additionalProperties: secret } },
    },
    output: { type: 'object', properties: { code: secret } },
    signals: { tell: { title: 'Tell', schema: pin } },
    updates: { change: { title: 'Change', schema: pin, set: {} } },
    steps: [
      { id: 'approve', kind: 'approval', title: 'Approve', question: '?', candidates: [], data: {}, schema: pin },
    ],
  },
  nodes: { charge: { output: { type: 'object', properties: { token: secret } } } },
} as unknown as FlowManifest;

const event = (id: number, type: string, attributes: Record<string, unknown>): RunEvent => ({
  id,
  timeMs: 0,
  type,
  attributes,
});
const started = event(1, 'WorkflowExecutionStarted', {
  input: [{ card: '4111-1111', name: 'Ada', more: { a: 'hidden-a' } }],
});

test('[RVM1] values that a schema marks as sensitive are hidden in all parts of a run, however short', () => {
  const mask = maskOf(manifest);
  expect(mask.event(started).attributes).toEqual({ input: [{ card: MASK, name: 'Ada', more: { a: MASK } }] });
  const shown = [
    event(2, 'WorkflowExecutionSignaled', { signalName: 'tell', input: [{ pin: '12', amount: 3 }] }),
    event(3, 'WorkflowExecutionUpdateAccepted', {
      acceptedRequest: { input: { name: 'change', args: [{ pin: '34' }] } },
    }),
    event(4, 'ActivityTaskScheduled', { activityId: 'approve:open', input: [{ taskId: 't', data: { pin: '56' } }] }),
    event(5, 'ActivityTaskScheduled', { activityId: 'charge', input: [{}] }),
    event(6, 'ActivityTaskCompleted', { scheduledEventId: 5, result: [{ token: '78' }] }),
    event(7, 'WorkflowExecutionCompleted', { result: [{ code: '90' }] }),
  ].map((each) => JSON.stringify(mask.event(each)));
  for (const [at, text] of shown.entries()) expect([at, text.includes(MASK)]).toEqual([at, at !== 3]);
  expect(shown.join()).not.toMatch(/"(12|34|56|78|90)"/);
  expect(shown[0]).toContain('"amount":3');
});

test('[RVM2] an equal value is hidden in later steps, failures and pending state too', () => {
  const mask = maskOf(manifest);
  mask.event(started);
  const failed = mask.event(event(2, 'ActivityTaskFailed', { failure: { message: 'card 4111-1111 was declined' } }));
  expect(failed.attributes).toEqual({ failure: { message: `card ${MASK} was declined` } });
  expect(mask.report({ lastFailure: { message: 'hidden-a' }, heartbeat: ['4111-1111', 7] })).toEqual({
    lastFailure: { message: MASK },
    heartbeat: [MASK, 7],
  });
});

test('[RVM3] an event without sensitive data is returned unchanged, and the original is never changed', () => {
  const open = maskOf({ document: { input: {}, steps: [] }, nodes: {} } as unknown as FlowManifest);
  expect(open.event(started)).toBe(started);
  const before = structuredClone(started);
  maskOf(manifest).event(started);
  expect(started).toEqual(before);
});

test('[MK9] a signal with a sensitive value is checked by its sent value, not by its shown value', () => {
  const reader = readerOf({ ...manifest, checksValues: true } as FlowManifest);
  const read = (input: unknown) =>
    reader.event({
      id: 2,
      timeMs: 0,
      type: 'WorkflowExecutionSignaled',
      attributes: { signalName: 'tell', input: [input] },
    });
  expect(read({ pin: '1234' }).rejected).toBeUndefined();
  expect(read({ pin: 1234 })).toMatchObject({ rejected: '/pin must be a text' });
  expect(JSON.stringify(read({ pin: 12345678 }))).not.toContain('12345678');
});

test('[RVM4] the answer of a step is hidden too if an operator or a look-up gave it', () => {
  const mask = maskOf(manifest);
  const said = event(2, 'WorkflowExecutionUpdateAccepted', {
    acceptedRequest: {
      input: { name: '__decideOutcome', args: [{ nodeId: 'charge', output: { token: '78' }, reason: 'r' }] },
    },
  });
  expect(mask.event(said).attributes).toMatchObject({
    acceptedRequest: { input: { args: [{ nodeId: 'charge', output: { token: MASK }, reason: 'r' }] } },
  });
  mask.event(event(3, 'ActivityTaskScheduled', { activityId: 'charge:check', input: [{}] }));
  const found = event(4, 'ActivityTaskCompleted', {
    scheduledEventId: 3,
    result: [{ applied: true, output: { token: '79' } }],
  });
  expect(mask.event(found).attributes.result).toEqual([{ applied: true, output: { token: MASK } }]);
});

test('[RVM5] structural fields are never hidden, but equal words in data are', () => {
  const mask = maskOf(manifest);
  mask.event(event(1, 'WorkflowExecutionStarted', { input: [{ card: 'charge', more: { a: 1234, b: 'approve' } }] }));
  const done = event(1_240, 'ActivityTaskCompleted', {
    scheduledEventId: 1234,
    result: [{ amount: 1234, of: 'charge' }],
  });
  expect(mask.event(done).attributes).toEqual({ scheduledEventId: 1234, result: [{ amount: MASK, of: MASK }] });
  expect(
    mask.report({ activityId: 'charge', attempt: 1234, lastFailure: { type: 'approve', message: 'charge failed' } })
  ).toEqual({ activityId: 'charge', attempt: 1234, lastFailure: { type: 'approve', message: `${MASK} failed` } });
  const decided = event(2, 'WorkflowExecutionUpdateAccepted', {
    acceptedRequest: { input: { name: '__decide', args: [{ taskId: 't', decision: 'approve', comment: 'not 1234' }] } },
  });
  expect(mask.event(decided).attributes).toEqual({
    acceptedRequest: {
      input: { name: '__decide', args: [{ taskId: 't', decision: 'approve', comment: `not ${MASK}` }] },
    },
  });
});

test('[RVM9] what operations of connections send and receive is hidden by their schemas: step, undo and look-up', () => {
  const of = (field: string) => ({ type: 'object', properties: { [field]: secret } });
  const calls = {
    do: { input: of('sent'), output: of('token') },
    undo: { input: of('back'), output: of('receipt') },
    check: { input: of('asked'), output: { type: 'object', properties: { applied: {}, hint: secret } } },
  };
  const operations = { ...manifest, nodes: { charge: { output: of('token'), calls } } } as unknown as FlowManifest;
  const mask = maskOf(operations);
  const shown = [
    event(2, 'ActivityTaskScheduled', { activityId: 'charge', input: [{ sent: 'a1' }] }),
    event(3, 'ActivityTaskCompleted', { scheduledEventId: 2, result: [{ token: 'b1' }] }),
    event(4, 'ActivityTaskScheduled', { activityId: 'charge:check', input: [{ asked: 'c1' }] }),
    event(5, 'ActivityTaskCompleted', {
      scheduledEventId: 4,
      result: [{ applied: true, hint: 'd1', output: { token: 'e1' } }],
    }),
    event(6, 'ActivityTaskScheduled', { activityId: 'charge:undo', input: [{ back: 'f1' }] }),
    event(7, 'ActivityTaskCompleted', { scheduledEventId: 6, result: [{ receipt: 'g1' }] }),
  ].map((each) => JSON.stringify(mask.event(each)));
  expect(shown.join()).not.toMatch(/"[a-g]1"/);
  expect(shown[3]).toContain('"applied":true');
});

test('[RVM10] what the undos of a child send is hidden whole, in the close of the child and in the undo of its parent', () => {
  const child = { flow: 'pay', version: 1, workflowType: 'pay_v1', waits: 'end' };
  const of = (sensitive: boolean) =>
    maskOf({
      document: { input: {}, output: {}, signals: {}, updates: {}, steps: [] },
      nodes: { pay: { child: { ...child, ...(sensitive ? { sensitive } : {}) } } },
    } as unknown as FlowManifest);
  const effect = { activityId: 'charge', undo: { title: 'Refund', input: { card: '4111-2222' } } };
  const effects = { unwind: 'reverse', items: [{ unwind: 'reverse', items: [effect] }] };
  const initiated = { ...event(1, 'StartChildWorkflowExecutionInitiated', { input: [{}] }), summary: 'pay' };
  const undo = { activityId: 'pay/charge:undo', input: [{ card: '4111-2222' }] };
  const closes = [
    event(2, 'ChildWorkflowExecutionCompleted', { initiatedEventId: 1, result: [{ handsOver: 1, effects }] }),
    event(2, 'ChildWorkflowExecutionFailed', {
      initiatedEventId: 1,
      failure: { message: 'no', applicationFailureInfo: { type: 'LeftStanding', details: [{}, effects] } },
    }),
  ];
  for (const close of closes) {
    const shown = (mask: ReturnType<typeof maskOf>) => {
      mask.event(initiated);
      return JSON.stringify([mask.event(close), mask.event(event(3, 'ActivityTaskScheduled', undo))]);
    };
    expect(shown(of(true))).not.toContain('4111-2222');
    expect(shown(of(true))).toContain('Refund');
    expect(shown(of(false))).toContain('4111-2222');
  }
});
