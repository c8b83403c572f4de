/**
 * The history of a run as a file.
 *
 * [RHF1] It has every event once, also of a history of several pages, and is what the official client writes, where
 *        nothing is sensitive.
 * [RHF2] What is sensitive is in it nowhere, neither as text nor within a payload.
 * [RHF3] A run that does not exist is refused before anything is sent; the name of the file has no character that a
 *        header cannot have.
 */
import { randomUUID } from 'node:crypto';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '@/app/_contract/routes';
import type { StartedRun } from '@/app/_contract/runs';
import { must, startWorld, type World } from '../testing/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({ environment: { BACKSTITCH_SHOP: 'off' } });
}, 120_000);
afterAll(() => world.close());

const PIN = 'pin-98765';
interface File {
  events: { eventId: string }[];
}
const fileOf = async ({ workflowId, runId }: { workflowId: string; runId: string }) =>
  must((await world.as('viewer')).get<File>(routes.history(workflowId, runId)));

test('[RHF1] of a workflow without sensitive values it is what the official client writes, page after page', async () => {
  const run = await world.startTill();
  const handle = world.web.temporal.workflow.getHandle(run.workflowId, run.runId);
  await Promise.all(Array.from({ length: 520 }, (_, each) => handle.signal('nobodyWaits', { each })));
  await handle.terminate('enough');
  const { events } = (await fileOf(run)).body;
  expect(events.length).toBeGreaterThan(520);
  expect(events.map(({ eventId }) => Number(eventId))).toEqual(events.map((_, index) => index + 1));
  const theirs = JSON.parse(historyToJSON(await handle.fetchHistory())) as File;
  // The flow calls the PIN sensitive, and this run has none.
  expect(events).toEqual(theirs.events);
  expect(historyFromJSON({ events }).events).toHaveLength(events.length);
});

test('[RHF2] what is sensitive is hidden, in payloads too', async () => {
  const run = await world.startTill({ pin: PIN });
  const { events } = (await fileOf(run)).body;
  const text = JSON.stringify(events);
  const payloads = [...text.matchAll(/"data":"([^"]+)"/g)].map(([, data]) => Buffer.from(data!, 'base64').toString());
  expect(payloads.length).toBeGreaterThan(0);
  expect(payloads.some((each) => each.includes('"pin":"'))).toBe(true);
  for (const each of [text, ...payloads]) expect(each).not.toContain(PIN);
});

test('[RHF3] no file of a run that does not exist; a name that fits a header', async () => {
  const viewer = await world.as('viewer');
  const missing = await viewer.get(routes.history('nothing', randomUUID()));
  expect(missing.error?.code).toBe('runNotFound');
  await world.startTill();
  const admin = await world.as('admin');
  const request = { requestId: randomUUID(), workflowId: 'a:b@c', input: { amount: 5, take: '/take' } };
  const { workflowId, runId } = (await must(admin.post<StartedRun>(routes.startRun('till'), request))).body;
  const { headers } = await fileOf({ workflowId, runId });
  expect(headers.get('content-disposition')).toBe(`attachment; filename="a_b_c-${runId.slice(0, 8)}.json"`);
});
