/** [CSA1] to [CSA6]: see search-attributes.ts. Asked by the official client over gRPC, on PostgreSQL. */
import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../clock';
import { provesHistories } from '../../history/testing/proof';
import { command } from '../../history/testing/run';
import type { Caller } from '../../permissions/caller';
import { ScriptedActivities, ScriptedWorkflows } from '../../sim/scripted-worker';
import { PostgresStore } from '../../store/postgres/store';
import { createTestDatabase, type TestDatabase } from '../../store/postgres/testing/database';
import { openGrpcDoor, type GrpcDoor } from '../doors/grpc';
import { Authority } from '../doors/keys';
import type { FieldWriter } from '../declared';
import type { EngineRole } from '../start-engine';
import { startTestEngine } from '../testing/test-engine';
import { signals } from '../testing/world';

provesHistories('scripted');

const namespace = 'default';
const taskQueue = 'backstitch';
const [TEXT, KEYWORD, INT, DOUBLE, BOOL, DATETIME, LIST] = [1, 2, 3, 4, 5, 6, 7];
const TYPES = { Note: TEXT, Color: KEYWORD, Pieces: INT, Weight: DOUBLE, Gift: BOOL, Due: DATETIME, Labels: LIST };
const at = new Date('2026-03-01T10:00:00.000Z');
const typed = new TypedSearchAttributes([
  { key: defineSearchAttributeKey('Note', SearchAttributeType.TEXT), value: 'late parcel' },
  { key: defineSearchAttributeKey('Color', SearchAttributeType.KEYWORD), value: 'red' },
  { key: defineSearchAttributeKey('Pieces', SearchAttributeType.INT), value: 3 },
  { key: defineSearchAttributeKey('Weight', SearchAttributeType.DOUBLE), value: 1.5 },
  { key: defineSearchAttributeKey('Gift', SearchAttributeType.BOOL), value: true },
  { key: defineSearchAttributeKey('Due', SearchAttributeType.DATETIME), value: at },
  { key: defineSearchAttributeKey('Labels', SearchAttributeType.KEYWORD_LIST), value: ['vip', 'new'] },
]);

const admin: Caller = { name: 'Ada', grants: [{ role: 'admin', flow: null }], person: null, keyId: 'a' };
const audits: unknown[] = [];
let writers: FieldWriter[] = [];
let database: TestDatabase;
let role: EngineRole;
let door: GrpcDoor;
let connection: Connection;
let client: Client;

async function begin(): Promise<void> {
  const digest = createHash('sha256').update('the key of Ada').digest('hex');
  const stored = { find: (asked: string) => Promise.resolve(asked === digest ? admin : null), onEnd: () => () => {} };
  const log = pino({}, { write: (line) => void audits.push(JSON.parse(line)) });
  const workflowWorker = new ScriptedWorkflows({
    flow: () => [],
    painter: (events) => (signals(events) === 1 ? [command.upsert({ Color: 'blue' })] : []),
  });
  const store = new PostgresStore({ url: database.url });
  role = await startTestEngine({
    store,
    clock: systemClock,
    log,
    workflowWorker,
    activityWorker: new ScriptedActivities(),
    writersOf: (names) => Promise.resolve(writers.filter(({ name }) => names.includes(name))),
  });
  door = await openGrpcDoor({
    service: role.service,
    authority: new Authority({ keys: [], stored }),
    address: '127.0.0.1:0',
  });
  connection = await Connection.connect({ address: door.address, tls: false, apiKey: 'the key of Ada' });
  client = new Client({ connection, namespace });
}
async function end(): Promise<void> {
  await connection.close();
  await door.close();
  await role.stop();
}
beforeAll(async () => {
  database = await createTestDatabase();
  await begin();
});
afterAll(async () => {
  await end();
  await database.drop();
});

const add = (searchAttributes: Record<string, number>, of = namespace) =>
  connection.operatorService.addSearchAttributes({ namespace: of, searchAttributes });
const remove = (...searchAttributes: string[]) =>
  connection.operatorService.removeSearchAttributes({ namespace, searchAttributes });
const customOf = async (of = namespace) =>
  (await connection.operatorService.listSearchAttributes({ namespace: of })).customAttributes;
const idsOf = async (query: string) => {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 2 })) ids.push(workflowId);
  return ids.sort();
};
const refused = (code: status, words: string) => ({ code, details: expect.stringContaining(words) as string });

it('[CSA1] attributes of every type are found by the next engine, and used by start, list and count', async () => {
  await add(TYPES);
  await end();
  await begin();
  expect(await customOf()).toEqual(TYPES);
  for (const workflowId of ['order-1', 'order-2', 'order-3'])
    await client.workflow.start('flow', { workflowId, taskQueue, typedSearchAttributes: typed });
  await client.workflow.start('flow', { workflowId: 'plain', taskQueue });
  const description = await client.workflow.getHandle('order-1').describe();
  expect(description.typedSearchAttributes.get(typed.getAll()[5]!.key)).toEqual(at);
  for (const query of [
    "Note = 'parcel'",
    "Note != 'early'",
    "Color = 'red'",
    "Color IN ('green', 'red')",
    "Color STARTS_WITH 're'",
    "Color BETWEEN 'ra' AND 'rz'",
    'Pieces BETWEEN 2 AND 3',
    'Pieces >= 3 AND Weight < 2.0',
    'Gift = true',
    `Due <= '${at.toISOString()}'`,
    "Labels = 'vip'",
    "Labels IN ('vip', 'old')",
    "Labels IS NOT NULL AND Color IS NOT NULL AND NOT (Color = 'blue')",
  ])
    expect(await idsOf(query), query).toEqual(['order-1', 'order-2', 'order-3']);
  expect(await idsOf('Color IS NULL')).toEqual(['plain']);
  const { count, groups } = await client.workflow.count("Color = 'red' GROUP BY ExecutionStatus");
  expect([count, groups.map((group) => [group.count, group.groupValues])]).toEqual([3, [[3, [['Running']]]]]);
});

it('[CSA1] a workflow upserts one; a value of another type, and another namespace, are refused', async () => {
  const handle = await client.workflow.start('painter', { workflowId: 'painter', taskQueue });
  await handle.signal('paint');
  await expect.poll(() => idsOf("Color = 'blue'")).toEqual(['painter']);
  const wrong = new TypedSearchAttributes([
    { key: defineSearchAttributeKey('Pieces', SearchAttributeType.KEYWORD), value: 'three' },
  ]);
  const started = client.workflow.start('flow', { workflowId: 'wrong', taskQueue, typedSearchAttributes: wrong });
  await expect(started).rejects.toMatchObject({ cause: refused(status.INVALID_ARGUMENT, 'not of its type Int') });
  const day = { seconds: 86_400 as unknown as Long };
  await connection.workflowService.registerNamespace({ namespace: 'other', workflowExecutionRetentionPeriod: day });
  expect(await customOf('other')).toEqual({});
  const listed = connection.workflowService.listWorkflowExecutions({ namespace: 'other', query: "Color = 'red'" });
  await expect(listed).rejects.toMatchObject(refused(status.INVALID_ARGUMENT, "'Color' is not a search attribute"));
});

it.each([
  [{}, 'search_attributes: are not set'],
  [{ WorkflowId: KEYWORD }, 'WorkflowId: is reserved'],
  [{ RootRunId: KEYWORD }, 'RootRunId: is reserved'],
  [{ BuildIds: LIST }, 'BuildIds: is reserved'],
  [{ TemporalAnything: KEYWORD }, 'TemporalAnything: is reserved'],
  [{ SagaMine: KEYWORD }, 'SagaMine: is reserved'],
  [{ Fine: KEYWORD, 'not\nfine': KEYWORD }, 'line break'],
  [{ 'a`b': KEYWORD }, 'backtick'],
  [{ Fine: 0 }, 'has no type'],
  [{ Fine: 99 }, '99 is not a IndexedValueType'],
])('[CSA2] %j is refused as a whole', async (asked, words) => {
  await expect(add(asked)).rejects.toMatchObject(refused(status.INVALID_ARGUMENT, words));
  expect(await customOf()).toEqual(TYPES);
});

it('[CSA2] one that exists may be added again with its type only; there is a limit', async () => {
  await add({ Color: KEYWORD });
  await expect(add({ Color: INT })).rejects.toMatchObject(
    refused(status.ALREADY_EXISTS, 'exists with the type Keyword')
  );
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`Many${index}`, KEYWORD]));
  await expect(add(many)).rejects.toMatchObject(refused(status.INVALID_ARGUMENT, 'at most 100'));
  await expect(remove('SagaPhase')).rejects.toMatchObject(refused(status.INVALID_ARGUMENT, 'cannot be removed'));
  await expect(remove()).rejects.toMatchObject(refused(status.INVALID_ARGUMENT, 'are not set'));
  await expect(add({ Color: KEYWORD }, 'nowhere')).rejects.toMatchObject({ code: status.NOT_FOUND });
});

it('[CSA3] what is removed is neither found nor returned, and is there again with its type', async () => {
  const described = async () => {
    const execution = { workflowId: 'order-1' };
    const { workflowExecutionInfo: info } = await connection.workflowService.describeWorkflowExecution({
      namespace,
      execution,
    });
    return Object.keys(info?.searchAttributes?.indexedFields ?? {});
  };
  await remove('Color', 'NeverAdded');
  await expect(idsOf("Color = 'red'")).rejects.toThrow();
  const start = client.workflow.start('flow', { workflowId: 'late', taskQueue, typedSearchAttributes: typed });
  await expect(start).rejects.toMatchObject({
    cause: refused(status.INVALID_ARGUMENT, 'search_attributes.Color: is not a search attribute'),
  });
  expect(await described()).not.toContain('Color');
  const list = () => connection.workflowService.listWorkflowExecutions({ namespace, query: "WorkflowId = 'order-1'" });
  const fieldsOf = async () => Object.keys((await list()).executions?.[0]?.searchAttributes?.indexedFields ?? {});
  expect(await fieldsOf()).not.toContain('Color');
  await add({ Color: INT });
  expect([await described(), await fieldsOf()].flat()).not.toContain('Color');
  await remove('Color');
  await add({ Color: KEYWORD });
  expect(await described()).toContain('Color');
  expect(await idsOf("Color = 'red'")).toEqual(['order-1', 'order-2', 'order-3']);
});

it('[CSA4] without the role of an administrator nothing changes; each change is in the audit log', async () => {
  const local = await Connection.connect({ address: door.address });
  for (const change of [
    local.operatorService.addSearchAttributes({ namespace, searchAttributes: { Mine: KEYWORD } }),
    local.operatorService.removeSearchAttributes({ namespace, searchAttributes: ['Note'] }),
  ])
    await expect(change).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  expect((await local.operatorService.listSearchAttributes({ namespace })).customAttributes).toEqual(TYPES);
  await local.close();
  const who = 'Ada';
  expect(audits).toContainEqual(
    expect.objectContaining({ audit: true, who, method: 'RemoveSearchAttributes', attributes: ['Color', 'NeverAdded'] })
  );
  expect(audits).toContainEqual(
    expect.objectContaining({ method: 'AddSearchAttributes', attributes: ['Mine'], outcome: 'PERMISSION_DENIED' })
  );
});

it('[CSA5] the searchable fields of a flow are added all together, or none of them', async () => {
  await role.registerFields(namespace, { Buyer: 'Keyword', Total: 'Int' });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  expect(customAttributes).toMatchObject({ Buyer: KEYWORD, Total: INT });
  expect(await role.registerFields(namespace, { Buyer: 'Keyword', Total: 'Int' })).toEqual([]);
  expect(await role.registerFields(namespace, { Fresh: 'Bool', Total: 'Text' })).toEqual([
    { name: 'Total', type: 'Int' },
  ]);
  const full = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`Many${index}`, 'Keyword']));
  expect(await role.registerFields(namespace, full)).toContainEqual({ name: 'Many100', type: null });
  const after = await connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(after.customAttributes ?? {})).not.toContain('Fresh');
  expect(Object.keys(after.customAttributes ?? {})).not.toContain('Many0');
});

it('[CSA6] what a flow writes is not removed until its versions are retired and have no open run', async () => {
  const writer = { flow: 'parcel', version: 1, workflowType: 'painter', isRetired: false };
  writers = [
    { ...writer, name: 'Note' },
    { ...writer, name: 'Due' },
    { ...writer, name: 'Due', version: 2, workflowType: 'parcel_v2' },
  ];
  const before = await customOf();
  await expect(remove('Weight', 'Note', 'Due')).rejects.toMatchObject(
    refused(
      status.FAILED_PRECONDITION,
      "search_attributes.Note: is written by 'parcel' version 1 (1 open run). search_attributes.Due: is written by " +
        "'parcel' version 1 (1 open run), 'parcel' version 2 (0 open runs). Their runs could not go on without it. " +
        'Nothing was removed.'
    )
  );
  expect(await customOf()).toEqual(before);
  writers = writers.map((each) => ({ ...each, isRetired: true }));
  await expect(remove('Due')).rejects.toMatchObject({
    details: expect.stringMatching(
      /^search_attributes.Due: is written by 'parcel' version 1 \(retired, 1 open run\)\. T/
    ),
  });
  // No flow runs in another namespace.
  await add({ Due: DATETIME }, 'other');
  await connection.operatorService.removeSearchAttributes({ namespace: 'other', searchAttributes: ['Due'] });
  await client.workflow.getHandle('painter').terminate();
  await expect.poll(() => remove('Due').then(() => 'removed', String)).toBe('removed');
  expect(await customOf()).not.toHaveProperty('Due');
});
