/** Types of a published flow are checked for every gRPC caller; a refusal names the field and records nothing. */
import { status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import type { temporal } from '../proto';
import { jsonPayload, ScriptedActivities, ScriptedWorkflows } from '../sim/scripted-worker';
import { MemoryStore } from '../store/memory';
import { systemClock } from '../clock';
import { processCaller } from '../permissions/caller';
import type { Declared } from './declared';
import { openGrpcDoor, type GrpcDoor } from './doors/grpc';
import { Authority } from './doors/keys';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';

provesHistories('scripted');

const namespace = 'default';
const declared: Declared = {
  input: {
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: 'integer', minimum: 1 }, code: { type: 'string', pattern: '^[A-Z]{3}$' } },
    additionalProperties: false,
  },
  signals: { finish: { type: 'object', required: ['well'], properties: { well: { type: 'boolean' } } } },
  updates: { note: { type: 'object', required: ['text'], properties: { text: { type: 'string', maxLength: 5 } } } },
};

let role: EngineRole;
let door: GrpcDoor;
let connection: Connection;
beforeAll(async () => {
  role = await startTestEngine({
    store: new MemoryStore(),
    clock: systemClock,
    workflowWorker: new ScriptedWorkflows({ till_v1: () => [], shop_v1: () => [] }),
    activityWorker: new ScriptedActivities(),
    declared: (workflowType) =>
      workflowType === 'till_v1' ? declared : workflowType === 'shop_v1' ? { ...declared, below: ['pay'] } : undefined,
  });
  door = await openGrpcDoor({ service: role.service, authority: new Authority({ keys: [] }), address: '127.0.0.1:0' });
  connection = await Connection.connect({ address: door.address });
});
afterAll(async () => {
  await connection.close();
  await door.close();
  await role.stop();
});

type Payload = temporal.api.common.v1.IPayload;
const payloads = (...values: (Payload | null)[]) => ({ payloads: values.filter((value) => value !== null) });
const start = (workflowId: string, input: { payloads: Payload[] } | undefined, type = 'till_v1') =>
  connection.workflowService.startWorkflowExecution({
    namespace,
    workflowId,
    workflowType: { name: type },
    taskQueue: { name: 'backstitch' },
    input,
  });
const bytes = (text: string) => new TextEncoder().encode(text);
const plain = (json: string): Payload => ({ metadata: { encoding: bytes('json/plain') }, data: bytes(json) });
const refusal = (details: string) => expect.objectContaining({ code: status.INVALID_ARGUMENT, details }) as unknown;

it.each<[what: string, input: Payload | null, details: string]>([
  ['a text for a number', jsonPayload({ amount: 'lots' }), 'input/amount: must be a whole number'],
  [
    'a number whose digits would be lost',
    plain('{ "amount": 9007199254740993 }'),
    'input: has 9007199254740993 at /amount, more digits than a number keeps exactly. Send it as a string',
  ],
  ['a missing field', jsonPayload({}), 'input/amount: is missing'],
  ['a field that is not declared', jsonPayload({ amount: 1, more: 2 }), 'input/more: is not a field of this form'],
  [
    'a text that misses the pattern',
    jsonPayload({ amount: 1, code: 'x' }),
    'input/code: does not have the required form',
  ],
  ['nothing', null, 'input: must be a group of fields'],
  ['null', { metadata: { encoding: bytes('binary/null') } }, 'input: must be a group of fields'],
  [
    'another encoding',
    { metadata: { encoding: bytes('binary/plain') } },
    "input: has the encoding 'binary/plain'; flows read json/plain",
  ],
  ['half of a JSON', plain('{"amount":'), 'input: is not valid JSON'],
  ['bytes that are no text', { ...plain(''), data: new Uint8Array([0x22, 0xff, 0x22]) }, 'input: is not valid JSON'],
  ['a NUL', plain('{"amount":1,"code":"\\u0000"}'), 'input/code: has the character U+0000, which cannot be stored'],
  [
    'half a pair',
    plain('{"amount":1,"code":"\\ud800"}'),
    'input/code: has half of a surrogate pair, which is not a character',
  ],
  [
    'JSON that is 5,000 deep',
    plain(`{"amount":${'['.repeat(5_000)}${']'.repeat(5_000)}}`),
    'input: has more than 100 levels of nesting',
  ],
])('[SD1] a start with %s is refused, and no run is created', async (_what, input, details) => {
  await expect(start('refused', payloads(input))).rejects.toEqual(refusal(details));
  await expect(
    connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: 'refused' } })
  ).rejects.toMatchObject({ code: status.NOT_FOUND });
});

it('[SD2] a signal or an update with wrong data is refused and not recorded', async () => {
  await start('open', payloads(jsonPayload({ amount: 1 })));
  const workflowExecution = { workflowId: 'open' };
  const signal = (signalName: string, value: unknown) =>
    connection.workflowService.signalWorkflowExecution({
      namespace,
      workflowExecution,
      signalName,
      input: payloads(jsonPayload(value)),
    });
  await expect(signal('finish', { well: 'yes' })).rejects.toEqual(
    refusal('input/well: must be yes or no (true or false)')
  );
  await expect(signal('finnish', {})).rejects.toEqual(refusal("signal_name: this flow declares no signal 'finnish'"));
  await expect(signal('toString', {})).rejects.toEqual(refusal("signal_name: this flow declares no signal 'toString'"));
  await expect(
    connection.workflowService.updateWorkflowExecution({
      namespace,
      workflowExecution,
      request: { meta: { updateId: 'u1' }, input: { name: 'note', args: payloads(jsonPayload({ text: 'too long' })) } },
    })
  ).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining('args/text: ') as unknown,
  });
  await expect(
    connection.workflowService.signalWithStartWorkflowExecution({
      namespace,
      workflowId: 'open',
      workflowType: { name: 'till_v1' },
      taskQueue: { name: 'backstitch' },
      input: payloads(jsonPayload({ amount: 1 })),
      signalName: 'finish',
      signalInput: payloads(jsonPayload(5)),
    })
  ).rejects.toEqual(refusal('signal_input: must be a group of fields'));
  const { history } = await connection.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: workflowExecution,
  });
  expect(history?.events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toEqual([]);

  await signal('finish', { well: true });
});

it('[SD3] a workflow that is not a published flow accepts any data', async () => {
  await start('other', payloads(jsonPayload('lots')), 'elsewhere');
});

it('[CHR1] whoever starts a flow through this door needs the right to start the flows of its children', async () => {
  const call = (method: string, flows: string[], workflowId: string) => {
    const grants = flows.map((flow) => ({ role: 'operator' as const, flow }));
    const begin = {
      namespace,
      workflowId,
      requestId: workflowId,
      workflowType: { name: 'shop_v1' },
      taskQueue: { name: 'backstitch' },
      input: { payloads: [jsonPayload({ amount: 1 })] },
    };
    const update = {
      namespace,
      workflowExecution: { workflowId },
      request: { meta: { updateId: 'u' }, input: { name: 'note', args: { payloads: [jsonPayload({ text: 'a' })] } } },
    };
    const requests: Record<string, object> = {
      StartWorkflowExecution: begin,
      SignalWithStartWorkflowExecution: {
        ...begin,
        signalName: 'finish',
        signalInput: { payloads: [jsonPayload({ well: true })] },
      },
      ExecuteMultiOperation: { namespace, operations: [{ startWorkflow: begin }, { updateWorkflow: update }] },
    };
    return role.service.call(method, requests[method]!, processCaller('Pat', grants));
  };
  for (const method of ['StartWorkflowExecution', 'SignalWithStartWorkflowExecution', 'ExecuteMultiOperation']) {
    const refused = await call(method, ['shop'], `no-${method}`).catch((error: unknown) => error);
    expect([method, refused]).toMatchObject([method, { code: status.PERMISSION_DENIED }]);
    expect(await role.engine.find(namespace, `no-${method}`, '')).toBeNull();
  }
  for (const method of ['StartWorkflowExecution', 'SignalWithStartWorkflowExecution'])
    await expect(call(method, ['shop', 'pay'], `yes-${method}`)).resolves.toMatchObject({ started: true });
});
