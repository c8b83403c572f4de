/** [ET1] The example tools, with the official client (tools.ts). */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromTool, listTools, type Tool } from '../../flow/connections/mcp-tools';
import { createTestDatabase, type TestDatabase } from '../../store/postgres/testing/database';
import type { Served } from '../books/http';
import { startExamples } from '../server';
import { HELP_DESK } from '../support-agent/assistant';
import { connectionOf } from './connection';

let database: TestDatabase;
let examples: Served;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  examples = await startExamples({ databaseUrl: database.url, port: 0 });
  client = await connected();
});
afterAll(async () => {
  await client?.close();
  await examples?.close();
  await database?.drop();
});

async function connected(): Promise<Client> {
  const made = new Client({ name: 'test', version: '1' });
  await made.connect(new StreamableHTTPClientTransport(new URL(`${examples.url}/services`)));
  return made;
}

const key = (name: string) => ({ 'backstitch/idempotency-key': name });
const refund = (more: object = {}) => ({
  name: 'refundOrder',
  arguments: { reference: 't-1', scenario: 'wants-refund', orderId: 'o-1', amount: 100, currency: 'EUR', ...more },
  _meta: key('refund-1'),
});
const booked = async (reference: string) => {
  const response = await fetch(`${examples.url}/services/help-desk/ledger?reference=${reference}`);
  return ((await response.json()) as { keys: { key: string; applied: number }[] }).keys;
};

test('[ET1] the tools that are listed are the operations of the connection', async () => {
  const { tools } = await client.listTools();
  const { connection, operations } = connectionOf(HELP_DESK);
  const read = listTools(tools as Tool[]).map((tool) => fromTool(tool, connection.name));
  expect(read.filter((each) => 'problem' in each)).toEqual([]);
  expect(read.map((each) => ('name' in each ? each.name : ''))).toEqual(operations.map(({ name }) => name));
  const wanted = operations.find(({ name }) => name === 'refundOrder')!;
  expect(read.find((each) => 'name' in each && each.name === 'refundOrder')).toMatchObject({
    call: wanted.call,
    title: wanted.title,
    input: { required: wanted.input.required },
  });
});

test('[ET1] a call with the same key is made once', async () => {
  const first = (await client.callTool(refund())) as CallToolResult;
  const again = (await client.callTool(refund())) as CallToolResult;
  expect(first.structuredContent).toMatchObject({ amount: 100, currency: 'EUR' });
  expect(again.structuredContent).toEqual(first.structuredContent);
  expect(await booked('t-1')).toMatchObject([{ key: 'refund-1', applied: 1 }]);
});

test.each([
  ['a tool that does not exist', { name: 'sendCar', arguments: {} }, /There is no tool 'sendCar'/],
  ['arguments that do not match', refund({ reference: 't-2', amount: 'much' }), /amount/],
  ['no key', { ...refund({ reference: 't-2' }), _meta: undefined }, /idempotency-key/],
])('[ET1] refused before anything happens: %s', async (_what, call, words) => {
  await expect(client.callTool(call)).rejects.toThrow(words);
  expect(await booked('t-2')).toEqual([]);
});

test('[ET1] a service that is down is a failure of the tool; an answer that is lost never comes', async () => {
  const args = { reference: 't-3', scenario: 'mail-down', to: 'a@example.com', text: 'Hello' };
  const down = await client.callTool({ name: 'sendAnswer', arguments: args, _meta: key('mail-1') });
  expect(down).toMatchObject({ isError: true });
  const lost = refund({ reference: 't-4', scenario: 'refund-answer-lost' });
  await expect(client.callTool({ ...lost, _meta: key('refund-4') })).rejects.toThrow();
  expect(await booked('t-4')).toMatchObject([{ key: 'refund-4', applied: 1 }]);
});
