/**
 * Numbers that JavaScript cannot represent, through all layers: a real HTTP service, the real engine, compiled code,
 * and back to the service in the undo. The requests are compared as bytes, because any layer in between might round.
 */
import { localCaller } from '../../permissions/caller';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileFlow, SAGA_ALIAS, sagaModules } from '../../compiler/testing/golden-case';
import { parseFlow } from '../../flow/testing/flow';
import { provesHistories, type WorkflowSource } from '../../history/testing/proof';
import { type temporal } from '../../proto';
import { eventsFromHistory } from '../../run-view/events-from-history';
import { ledgerOf } from '../../run-view/ledger';
import { startTestEngine } from '../../service/testing/test-engine';
import type { EngineRole } from '../../service/start-engine';
import { MemoryStore } from '../../store/memory';
import { ActivityExecutor } from '../../worker/activities/executor';
import { bundleWorkflows } from '../../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../../worker/embedded-worker';
import { readActivityConfig } from '../config';
import { activityFunctions } from '../functions';

const NUMBERS = [
  '9007199254740993',
  '-9007199254740993',
  '123456789012345678901234567890.5',
  '0.1000000000000000055',
  '1e400',
  '-1e-400',
  '-0',
  '0.1',
];

const post = (path: string, body: unknown) => ({ method: 'POST', connection: 'service', path, body });
const numbers = { type: 'array', items: { type: 'number' } };
const group = (properties: Record<string, unknown>) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
const ref = (path: string) => ({ $expr: path });
/** Each step sends the value that it read, and its undo sends the answer to the step. */
const step = (id: string, value: unknown) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  effect: 'reversible',
  unknown: { policy: 'ask' },
  input: post(`/${id}`, { value }),
  output: group({ numbers }),
  undo: { title: `Undo ${id}`, activity: 'http.request', input: post(`/${id}/undo`, { back: ref(`${id}.numbers`) }) },
});
const document = parseFlow({
  format: 1,
  name: 'exact',
  title: 'Exact',
  input: group({ numbers, id: { type: 'integer', minimum: 1 } }),
  variables: { noted: { schema: { type: 'number' }, initial: 0 } },
  signals: { told: { title: 'Told', schema: group({ id: { type: 'integer' } }), key: 'argument.id' } },
  updates: {
    note: { title: 'Note', schema: group({ id: { type: 'number' } }), set: { noted: ref('argument.id') } },
  },
  steps: [
    step('start', ref('input')),
    { id: 'hear', kind: 'waitForSignal', title: 'Hear', signal: 'told', when: 'argument.id === input.id' },
    step('heard', { signal: ref('hear.id'), update: ref('noted') }),
    step('last', ref('heard.numbers')),
    { id: 'stop', kind: 'fail', title: 'Stop', errorType: 'Stop', message: 'Back' },
  ],
});
const compiled = await compileFlow(document);
const source: WorkflowSource = {
  entry: 'entry.ts',
  modules: { ...sagaModules, ...compiled.files, 'entry.ts': "export * from './workflow';" },
  alias: SAGA_ALIAS,
};
provesHistories(source);

let server: Server;
let worker: EmbeddedWorker;
let engine: EngineRole;
const heard: string[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    heard.push(`${request.url} ${Buffer.concat(chunks).toString()}`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"numbers":[${NUMBERS.join()}]}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bundle = await bundleWorkflows(source);
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  engine = await startTestEngine({
    store: new MemoryStore(),
    workflowWorker: worker,
    activityWorker: new ActivityExecutor({
      activities: activityFunctions(readActivityConfig({ BACKSTITCH_CONNECTIONS: `service=${url}` })),
    }),
    declared: () => ({
      input: document.input,
      signals: { told: document.signals!.told!.schema },
      updates: { note: document.updates!.note!.schema },
    }),
  });
});
afterAll(async () => {
  await engine.stop();
  await worker.close();
  server.close();
});

const payloads = (text: string) => ({
  payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) }],
});
const call = <T>(method: string, request: object): Promise<T> =>
  engine.service.call(method, { namespace: 'default', ...request }, localCaller()) as Promise<T>;
const exact = (digits: string) => (digits === '0.1' ? digits : `{"$exact":"${digits}"}`);
const [BIG] = NUMBERS as [string];

it('[HEN1] [HEN3] the undo receives every digit of answers, start input, signals and updates', async () => {
  expect(compiled.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  const workflowId = 'exact-1';
  const workflowExecution = { workflowId };
  const list = `[${NUMBERS.map(exact).join()}]`;
  await call('StartWorkflowExecution', {
    workflowId,
    workflowType: { name: 'exact_v1' },
    taskQueue: { name: 'backstitch' },
    input: payloads(`{"numbers":${list},"id":${exact(BIG)}}`),
  });
  await call('UpdateWorkflowExecution', {
    workflowExecution,
    waitPolicy: { lifecycleStage: 3 },
    request: { meta: { updateId: 'u' }, input: { name: 'note', args: payloads(`{"id":${exact('1e400')}}`) } },
  });
  // This is not the expected number: its digits differ, although both have the same nearest JavaScript number.
  for (const id of ['9007199254740992', BIG])
    await call('SignalWorkflowExecution', {
      workflowExecution,
      signalName: 'told',
      input: payloads(`{"id":${exact(id)}}`),
    });
  type History = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;
  const request = { execution: workflowExecution, waitNewEvent: true, historyEventFilterType: 2 };
  await call<History>('GetWorkflowExecutionHistory', request);

  const all = `[${NUMBERS.join()}]`;
  expect(heard).toEqual([
    `/start {"value":{"numbers":${all},"id":${BIG}}}`,
    `/heard {"value":{"signal":${BIG},"update":1e400}}`,
    `/last {"value":${all}}`,
    ...['last', 'heard', 'start'].map((id) => `/${id}/undo {"back":${all}}`),
  ]);
  const { history } = await call<History>('GetWorkflowExecutionHistory', { execution: workflowExecution });
  const { entries, left } = ledgerOf(eventsFromHistory(history), compiled.manifest!);
  expect([entries.map(({ state }) => state), left]).toEqual([['undone', 'undone', 'undone'], 0]);
  expect(entries[0]!.output).toEqual({
    numbers: NUMBERS.map((digits) => (digits === '0.1' ? 0.1 : { $exact: digits })),
  });
});

it.each(['0.1000000000000000055', '-1e-400', '0.1'])('[HEN3] %s is not accepted as a whole number', async (digits) => {
  const start = call('StartWorkflowExecution', {
    workflowId: `no-${digits}`,
    workflowType: { name: 'exact_v1' },
    taskQueue: { name: 'backstitch' },
    input: payloads(`{"numbers":[],"id":${exact(digits)}}`),
  });
  await expect(start).rejects.toThrow(/input\/id/);
});
