/**
 * The API for other systems, through its REST door, its document and its tools for agents, with a key and without.
 *
 * Rules
 * [API1-3, 6] as in router.ts
 * [API4] An endpoint answers what its schema says, and refuses whoever lacks the permission of its operation.
 * [API5] A run is found under its own flow only.
 * [ODC1-3] as in openapi.ts
 * [API7] The client of a flow runs as it is.
 * [MCP1-3] as in mcp.ts
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiRun, ApiTask } from '@/app/_contract/api';
import type { MadeKey } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import type { StartedRun } from '@/app/_contract/runs';
import { listOpenApi } from '@/engine/flow/connections/openapi';
import { may, ROLE_NAMES, type Role } from '@/engine/permissions/permissions';
import { TILL_FLOW } from '../testing/till';
import { eventually, must, startWorld, Visitor, type World } from '../testing/world';
import { API_ROOT, ENDPOINTS, type Endpoint } from './endpoints';

const INPUT = { amount: 5, take: '/take' };
const RUNS = '/flows/till/runs';

let world: World;
let program: Visitor;
beforeAll(async () => {
  world = await startWorld();
  await world.startTill();
  program = await withKey(['operator', 'approver']);
});
afterAll(() => world.close());

async function withKey(roles: readonly Role[], flow: string | null = null): Promise<Visitor> {
  const admin = await world.as('admin');
  const body = { name: `key ${randomUUID()}`, grants: roles.map((role) => ({ role, flow })), days: 1 };
  const { secret } = (await must(admin.post<MadeKey>(routes.keys(), body))).body;
  return new Visitor(world.origin, { authorization: `Bearer ${secret}` });
}
const at = (path: string) => `${API_ROOT}${path}`;
async function start(input: object = INPUT, headers: Record<string, string> = {}) {
  return (await must(program.post<StartedRun & { url: string }>(at(RUNS), { input }, headers))).body;
}
const describeRun = async (workflowId: string, search = '') =>
  (await must(program.get<ApiRun>(at(`${RUNS}/${encodeURIComponent(workflowId)}${search}`)))).body;
const waitingTask = (workflowId: string) =>
  eventually(async () => {
    const { tasks } = (await must(program.get<{ tasks: ApiTask[] }>(at('/tasks')))).body;
    const task = tasks.find((each) => each.workflowId === workflowId);
    if (!task) throw new Error('the task is not there');
    return task;
  });

/** For each endpoint: a call that is allowed. */
const CALLS: Record<string, (visitor: Visitor) => Promise<{ status: number; body: unknown; error: unknown }>> = {
  listFlows: (visitor) => visitor.get(at('/flows')),
  getFlow: (visitor) => visitor.get(at('/flows/till')),
  startRun: (visitor) => visitor.post(at(RUNS), { input: INPUT }),
  listRuns: (visitor) => visitor.get(at(`${RUNS}?outcome=running,failedStanding&pageSize=2`)),
  describeRun: async (visitor) => visitor.get(at(`${RUNS}/${(await start()).workflowId}`)),
  signalRun: async (visitor) => {
    const { workflowId } = await start();
    return visitor.post(at(`${RUNS}/${workflowId}/signals/finish`), { input: { well: true } });
  },
  updateRun: async (visitor) => {
    const { workflowId } = await start();
    return visitor.post(at(`${RUNS}/${workflowId}/updates/changeNote`), { input: { note: 'new' } });
  },
  queryRun: async (visitor) => visitor.post(at(`${RUNS}/${(await start()).workflowId}/queries/note`), {}),
  cancelRun: async (visitor) => visitor.post(at(`${RUNS}/${(await start()).workflowId}/cancel`), { reason: 'Over.' }),
  listTasks: (visitor) => visitor.get(at('/tasks?view=done&limit=5')),
  getTask: async (visitor) => {
    const { taskId } = await waitingTask((await start({ ...INPUT, approve: true })).workflowId);
    return visitor.get(at(`/tasks/${encodeURIComponent(taskId)}`));
  },
  decideTask: async (visitor) => {
    const { taskId, dataHash } = await waitingTask((await start({ ...INPUT, approve: true })).workflowId);
    return visitor.post(at(`/tasks/${encodeURIComponent(taskId)}/decision`), { decision: 'approve', dataHash });
  },
};

describe.each(ENDPOINTS)('$id', ({ id, answer, permission }: Endpoint) => {
  test('[API4] answers what its schema says', async () => {
    const { status, body, error } = await CALLS[id]!(program);
    expect({ status, error }).toEqual({ status: 200, error: null });
    expect(answer.parse(body)).toEqual(body);
  });
  test('[API4] refuses whoever may not, and whoever is not signed in', async () => {
    for (const role of ROLE_NAMES.filter((each) => !may({ grants: [{ role: each, flow: null }] }, permission)))
      expect(await CALLS[id]!(await world.as(role))).toMatchObject({ status: 403, error: { code: 'notAllowed' } });
    expect(await CALLS[id]!(world.stranger)).toMatchObject({ status: 401, error: { code: 'notSignedIn' } });
  });
});

test('[API4] a run is described from its start to its end: who is asked, what happened, what remains', async () => {
  const { workflowId, runId, url } = await start({ ...INPUT, approve: true, pin: '1234' });
  expect(url).toBe(`${world.origin}/runs/${workflowId}/${runId}`);
  const { taskId, dataHash } = await waitingTask(workflowId);
  const waits = await eventually(async () => {
    const run = await describeRun(workflowId);
    expect(run.waitsFor).toHaveLength(1);
    return run;
  });
  expect(waits).toMatchObject({
    flow: 'till',
    version: 1,
    workflowId,
    runId,
    status: 'running',
    closedAt: null,
    result: null,
    failure: null,
    effectsLeft: 1,
    effects: [{ step: 'take', title: 'Take the money', undo: 'Give it back', happened: 'yes', state: 'standing' }],
    waitsFor: [{ kind: 'approval', step: 'approve', title: 'Approve it', taskId }],
  });
  // What is sensitive is hidden here as everywhere.
  expect(JSON.stringify(waits)).not.toContain('1234');
  const decision = { decision: 'reject', comment: 'No.', dataHash };
  await must(program.post(at(`/tasks/${encodeURIComponent(taskId)}/decision`), decision));
  // The till takes nothing back, so its undo asks a person.
  await eventually(async () =>
    expect(await describeRun(workflowId)).toMatchObject({
      status: 'running',
      outcome: 'needsHand',
      effectsLeft: 1,
      effects: [{ step: 'take', happened: 'yes', state: 'undoFailed' }],
      waitsFor: [{ kind: 'undo', step: 'take', taskId: null }],
    })
  );
});

test('[API4] why a run failed, and what it left, is said', async () => {
  const { workflowId } = await start();
  await must(program.post(at(`${RUNS}/${workflowId}/signals/finish`), { input: { well: false } }));
  const admin = await world.as('admin');
  const { runId } = await eventually(async () => {
    const run = await describeRun(workflowId);
    expect(run.waitsFor).toHaveLength(1);
    return run;
  });
  const left = { requestId: randomUUID(), nodeId: 'take', choice: 'leave', reason: 'Kept.' };
  await must(admin.post(routes.decideUndo(workflowId, runId), left));
  const ended = await describeRun(workflowId, '?wait=20');
  expect(ended).toMatchObject({
    status: 'failed',
    outcome: 'failedStanding',
    effectsLeft: 1,
    effects: [{ step: 'take', state: 'leftStanding' }],
    failure: { message: 'told so', type: 'ToldSo' },
    waitsFor: [],
  });
  expect(ended.closedAt).not.toBeNull();
});

test('[API4] whoever waits for the end is answered when it comes, with the result', async () => {
  const { workflowId } = await start();
  const waiting = describeRun(workflowId, '?wait=30');
  await eventually(async () => {
    await must(program.post(at(`${RUNS}/${workflowId}/signals/finish`), { input: { well: true } }));
  });
  expect(await waiting).toMatchObject({ status: 'completed', result: { note: '' } });
  // The time is over before the end.
  const { workflowId: other } = await start();
  expect(await describeRun(other, '?wait=1')).toMatchObject({ status: 'running' });
});

test('[API3] a start that is sent again starts nothing more; with another input it is refused', async () => {
  const key = { 'idempotency-key': `order ${randomUUID()}` };
  const first = await start(INPUT, key);
  expect(first.again).toBe(false);
  expect(await start({ take: '/take', amount: 5 }, key)).toEqual({ ...first, again: true });
  const changed = await program.post(at(RUNS), { input: { ...INPUT, amount: 6 } }, key);
  expect(changed).toMatchObject({
    status: 409,
    error: { code: 'refused', message: expect.stringMatching(/another input/) },
  });
  // The key of somebody else is another one.
  const other = await world.as('operator');
  const theirs = (await must(other.post<StartedRun>(at(RUNS), { input: INPUT }, key))).body;
  expect(theirs.runId).not.toBe(first.runId);
});

test('[API3] an update that is sent again is carried out once', async () => {
  const { workflowId } = await start();
  const key = { 'idempotency-key': 'note 1' };
  const change = (note: string) =>
    program.post(at(`${RUNS}/${workflowId}/updates/changeNote`), { input: { note } }, key);
  await must(change('first'));
  await must(change('second'));
  const asked = await must(program.post<{ result: string }>(at(`${RUNS}/${workflowId}/queries/note`), {}));
  expect(asked.body.result).toBe('first');
});

test('[API1] a part of an address is decoded by itself', async () => {
  const workflowId = 'a:b.c@d-1';
  const { runId } = (await must(program.post<StartedRun>(at(RUNS), { input: INPUT, workflowId }))).body;
  expect(await describeRun(workflowId)).toMatchObject({ workflowId, runId });
  // Not an address with one part more.
  expect((await program.get(at(`${RUNS}/no%2Fsuch%20run%20%25`))).error?.code).toBe('runNotFound');
  expect((await program.get(at(`${RUNS}/%E0%A4%A`))).error?.code).toBe('badRequest');
});

test('[API2] an address without a meaning, and one with another method, are said to be so', async () => {
  expect(await program.get(at('/flow'))).toMatchObject({ status: 404, error: { code: 'nothingHere' } });
  expect(await program.get(at('/flows/till/runs/a/signals/b/c'))).toMatchObject({ status: 404 });
  expect(await program.post(at('/flows/till'), {})).toMatchObject({ status: 405, error: { code: 'methodNotAllowed' } });
});

test('[API5] a run is found under its own flow only', async () => {
  const { workflowId } = await start();
  const admin = await world.as('admin');
  await must(admin.post(routes.publish(), { document: { ...TILL_FLOW, name: 'other-till' } }));
  for (const asked of [
    program.get(at(`/flows/other-till/runs/${workflowId}`)),
    program.post(at(`/flows/other-till/runs/${workflowId}/signals/finish`), { input: { well: true } }),
    program.post(at(`/flows/other-till/runs/${workflowId}/cancel`), {}),
  ])
    expect((await asked).error?.code).toBe('runNotFound');
  expect((await describeRun(workflowId)).status).toBe('running');
});

test('[API6] fields and filters that do not exist, and values that do not fit, are named', async () => {
  const { workflowId } = await start();
  const refused = async (asked: Promise<{ status: number; error: { problems?: { at: string }[] } | null }>) => {
    const { status, error } = await asked;
    return [status, ...(error?.problems ?? []).map(({ at: where }) => where)];
  };
  expect(await refused(program.post(at(RUNS), { input: INPUT, workflowID: 'x' }))).toEqual([422, '/']);
  expect(await refused(program.post(at(RUNS), { input: { ...INPUT, amount: 'five' } }))).toEqual([422, '/amount']);
  expect(await refused(program.get(at(`${RUNS}?status=running`)))).toEqual([422, '/']);
  expect(await refused(program.get(at(`${RUNS}?outcome=running,nice`)))).toEqual([422, '/outcome/1']);
  expect(await refused(program.get(at(`${RUNS}/${workflowId}?wait=3600`)))).toEqual([422, '/wait']);
  expect((await program.post(at(RUNS), { input: INPUT }, { 'idempotency-key': 'x'.repeat(300) })).status).toBe(422);
});

interface Document {
  paths: Record<
    string,
    Record<string, { operationId: string; requestBody?: { content: Record<string, { schema: object }> } }>
  >;
}
const documentFor = async (visitor: Visitor) => (await must(visitor.get<Document>(routes.openApi()))).body;

test('[ODC1] the document is valid OpenAPI 3.1 and has every endpoint', async () => {
  const document = await documentFor(program);
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...structuredClone(document) });
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
  for (const { id, method, path } of ENDPOINTS)
    expect(document.paths[at(path)]?.[method.toLowerCase()]?.operationId).toBe(id);
  const ids = Object.values(document.paths).flatMap((each) =>
    Object.values(each).map(({ operationId }) => operationId)
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('[ODC1] what reads the documents of others reads this one', async () => {
  const read = listOpenApi(await documentFor(program));
  expect(read).toMatchObject({ operations: expect.arrayContaining([expect.objectContaining({ method: 'POST' })]) });
});

test('[ODC2] a flow has addresses of its own, typed by its schemas', async () => {
  const { paths } = await documentFor(program);
  const bodyAt = (path: string) => paths[at(path)]?.post?.requestBody?.content['application/json']?.schema;
  expect(bodyAt(RUNS)).toMatchObject({ required: ['input'], properties: { input: TILL_FLOW.input } });
  expect(bodyAt(`${RUNS}/{workflowId}/signals/finish`)).toMatchObject({
    properties: { input: TILL_FLOW.signals.finish.schema },
  });
  expect(bodyAt(`${RUNS}/{workflowId}/updates/changeNote`)).toMatchObject({
    properties: { input: TILL_FLOW.updates.changeNote.schema },
  });
  expect(bodyAt(`${RUNS}/{workflowId}/queries/note`)).not.toHaveProperty('properties.input');
});

test('[ODC3] of a flow that the caller may not read there is nothing', async () => {
  const admin = await world.as('admin');
  await must(admin.post(routes.publish(), { document: { ...TILL_FLOW, name: 'secret-till', title: 'Secret till' } }));
  expect(JSON.stringify(await documentFor(admin))).toContain('ecret');
  const document = await documentFor(await withKey(['operator'], 'till'));
  expect(JSON.stringify(document)).not.toContain('ecret till');
  expect(Object.keys(document.paths).some((path) => path.includes('flows/till/'))).toBe(true);
});

interface TillClient {
  TillFlow: new (connection: { url: string; key: string }) => {
    start(input: object, once: { idempotencyKey: string }): Promise<TillRun>;
  };
  Refused: new () => Error;
}
interface TillRun {
  workflowId: string;
  signals: { finish(input: { well: boolean }): Promise<void> };
  updates: { changeNote(input: { note: string }): Promise<unknown> };
  queries: { note(): Promise<unknown> };
  describe(): Promise<object>;
  result(): Promise<unknown>;
}

test('[API7] the client of a flow runs as it is: it starts, signals, asks, and has the result or the reason', async () => {
  const { body: text } = await must(program.get<string>(routes.typescriptClient('till')));
  const folder = await mkdtemp(path.join(tmpdir(), 'client-'));
  try {
    const file = path.join(folder, 'till.ts');
    await writeFile(file, text);
    const { TillFlow, Refused } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as TillClient;
    const key = (program.given.authorization ?? '').replace('Bearer ', '');
    const flow = new TillFlow({ url: world.origin, key });
    const once = { idempotencyKey: randomUUID() };
    const run = await flow.start({ amount: 5, take: '/take' }, once);
    expect((await flow.start({ amount: 5, take: '/take' }, once)).workflowId).toBe(run.workflowId);
    await run.updates.changeNote({ note: 'by a program' });
    expect(await run.queries.note()).toBe('by a program');
    await run.signals.finish({ well: true });
    expect(await run.result()).toEqual({ note: 'by a program' });
    expect(await run.describe()).toMatchObject({ status: 'completed', effectsLeft: 1 });
    const refused = await run.signals.finish({ well: true }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toMatchObject({ status: 409, code: 'runClosed', whatToDo: expect.any(String) });
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function agent(visitor: Visitor) {
  const client = new Client({ name: 'test', version: '1' });
  const { authorization = '' } = visitor.given;
  await client.connect(
    new StreamableHTTPClientTransport(new URL(routes.agents(), world.origin), {
      requestInit: { headers: { authorization } },
    })
  );
  const use = async (name: string, given: Record<string, unknown> = {}) => {
    const { isError = false, structuredContent, content } = await client.callTool({ name, arguments: given });
    const [first] = content as { text: string }[];
    return { isError, answer: (structuredContent ?? JSON.parse(first?.text ?? 'null')) as Record<string, never> };
  };
  return { client, use };
}

test('[MCP1] a key sees the tools that it may use', async () => {
  const names = async (visitor: Visitor) => {
    const { client } = await agent(visitor);
    const { tools } = await client.listTools();
    await client.close();
    return tools.map(({ name }) => name).sort();
  };
  expect(await names(program)).toEqual(ENDPOINTS.map(({ id }) => id).sort());
  const viewer = await withKey(['viewer']);
  expect(await names(viewer)).toEqual(
    ENDPOINTS.filter(({ permission }) => may({ grants: [{ role: 'viewer', flow: null }] }, permission))
      .map(({ id }) => id)
      .sort()
  );
  const { client, use } = await agent(viewer);
  expect(await use('startRun', { flow: 'till', input: INPUT })).toMatchObject({
    isError: true,
    answer: { error: { code: 'notAllowed' } },
  });
  await client.close();
});

test('[MCP2] an agent starts a run, waits for a person, decides with its own key, and sees how it ended', async () => {
  const { client, use } = await agent(program);
  const idempotencyKey = randomUUID();
  const asked = { flow: 'till', input: { ...INPUT, approve: true }, idempotencyKey };
  const { answer: started } = await use('startRun', asked);
  expect((await use('startRun', asked)).answer).toEqual({ ...started, again: true });
  const { taskId, dataHash } = await waitingTask(started.workflowId!);
  const decided = await use('decideTask', { taskId, dataHash, decision: 'approve' });
  expect(decided).toMatchObject({ isError: false, answer: { outcome: 'approved' } });
  const run = { flow: 'till', workflowId: started.workflowId };
  await use('signalRun', { ...run, signal: 'finish', input: { well: true } });
  expect((await use('describeRun', { ...run, wait: 20 })).answer).toMatchObject({
    status: 'completed',
    effects: [{ step: 'take', happened: 'yes', state: 'standing' }],
  });
  const { answer: task } = await use('getTask', { taskId });
  expect(task).toMatchObject({ settled: { outcome: 'approved', by: expect.stringMatching(/\(key 'key /) } });
  await client.close();
});

test('[MCP3] what does not fit is answered in the words of the API', async () => {
  const { client, use } = await agent(program);
  expect(await use('startRun', { flow: 'till', input: { take: '/take' } })).toMatchObject({
    isError: true,
    answer: { error: { code: 'inputInvalid', problems: [{ at: '/amount' }] } },
  });
  expect(await use('describeRun', { flow: 'till', workflowId: 'x', wiat: 1 })).toMatchObject({
    answer: { error: { code: 'inputInvalid' } },
  });
  expect(await use('describeRun', { flow: 'till' })).toMatchObject({
    answer: { error: { problems: [{ at: '/workflowId' }] } },
  });
  expect(await use('noSuchTool')).toMatchObject({ isError: true, answer: { error: { code: 'nothingHere' } } });
  await client.close();
});

test('[MCP3] a message that is none is refused as the protocol says', async () => {
  const accept = { accept: 'application/json, text/event-stream' };
  for (const [body, status, code] of [
    ['{}', 400, -32700],
    ['{"jsonrpc":"2.0"}', 400, -32700],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/none"}', 200, -32601],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}', 200, -32603],
  ] as const)
    expect([body, await program.post(routes.agents(), body, accept)]).toMatchObject([
      body,
      { status, body: { error: { code } } },
    ]);
  const large = `{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(3 * 1024 * 1024)}"}`;
  expect(await program.post(routes.agents(), large, accept)).toMatchObject({ status: 413 });
});
