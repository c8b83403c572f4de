/** Ending many runs, with the real engine and database. The rules are in stop-runs.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Batch, StopPreview } from '@/app/_contract/batches';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail } from '@/app/_contract/runs';
import type { Actor } from '../people/actor';
import type { RunAddress } from '../runs/address';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';
import { previewStop, stopRuns } from './stop-runs';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld();
  admin = await world.as('admin');
}, 120_000);
afterAll(() => world.close());

const preview = async (search = 'flow=till') => (await must(admin.get<StopPreview>(to.previewStop(search)))).body;
const statusOf = async ({ workflowId, runId }: RunAddress) =>
  (await must(admin.get<RunDetail>(to.run(workflowId, runId)))).body.summary.standingState;
const stop = async (kind: 'cancel' | 'terminate', startedBeforeMs: number, requestId = randomUUID()) =>
  (
    await must(
      admin.post<Batch>(to.stopRuns(), {
        requestId,
        kind,
        filters: { flow: 'till', startedBeforeMs },
        reason: 'The price was wrong.',
      })
    )
  ).body;
const ended = (id: string) =>
  eventually(async () => {
    const { body } = await must(admin.get<Batch>(to.batch(id)));
    expect(body.state).toBe('completed');
    return body;
  });

test('[BSR2] [BSR3] what stopping does is told first, then done to these runs and to no later one', async () => {
  const first = await world.startTill();
  const second = await world.startTill();
  const told = await preview();
  expect(told).toMatchObject({ total: 2, nextPageToken: null, consequences: { read: 2, undo: { 1: 2 }, leave: 2 } });
  const later = await world.startTill();

  const requestId = randomUUID();
  const { id } = await stop('cancel', told.startedBeforeMs, requestId);
  // Sent twice, it is one batch.
  expect((await stop('cancel', told.startedBeforeMs, requestId)).id).toBe(id);
  expect(await ended(id)).toMatchObject({ kind: 'cancel', total: 2, done: 2, failed: 0 });
  // The undo of the till does not work.
  await eventually(async () =>
    expect(await Promise.all([first, second].map(statusOf))).toEqual(['needsHand', 'needsHand'])
  );
  expect(await statusOf(later)).toBe('running');

  const after = await preview();
  expect(after).toMatchObject({ total: 3, consequences: { undo: { 1: 1 }, idle: { undoing: 2 }, leave: 3 } });
  await ended((await stop('terminate', after.startedBeforeMs)).id);
  await eventually(async () => expect(await statusOf(later)).toBe('terminatedStanding'));
  const entry = await world.web.database.auditEntry.findFirst({
    where: { operation: 'batches.start' },
    orderBy: { at: 'asc' },
  });
  expect(entry).toMatchObject({
    target: 'runs',
    details: { kind: 'cancel', reason: 'The price was wrong.', batch: id },
  });
});

test('[BSR1] of another flow than the person may operate nothing is told or ended', async () => {
  const run = await world.startTill();
  const person = { ...admin.person!, grants: [{ role: 'operator' as const, flow: 'another' }] };
  const actor: Actor = { ...person, via: 'session', from: null } as Actor;
  expect(await previewStop(world.web, actor, { flow: 'till' })).toMatchObject({ total: 0, consequences: { read: 0 } });
  const filters = { flow: 'till', startedBeforeMs: Date.now() + 1_000 };
  const body = { requestId: randomUUID(), kind: 'terminate' as const, filters, reason: 'All of them.' };
  const { id } = await stopRuns(world.web, actor, body);
  expect(await ended(id)).toMatchObject({ total: 0, done: 0 });
  expect(await statusOf(run)).toBe('running');
  const viewer = { ...actor, grants: [{ role: 'viewer' as const, flow: null }] } as Actor;
  await expect(stopRuns(world.web, viewer, { ...body, requestId: randomUUID() })).rejects.toMatchObject({
    code: 'notAllowed',
  });
  await expect(previewStop(world.web, viewer, {})).rejects.toMatchObject({ code: 'notAllowed' });
});

test('a filter that closes the parentheses around the flows, a missing bound, a damaged token and an unknown batch are refused', async () => {
  const filters = { where: "WorkflowId = 'a') OR (WorkflowId = 'b'", startedBeforeMs: Date.now() };
  const body = { requestId: randomUUID(), kind: 'cancel', filters, reason: 'x' };
  expect((await admin.post(to.stopRuns(), body)).error?.code).toBe('badRequest');
  expect((await admin.post(to.stopRuns(), { ...body, filters: { flow: 'till' } })).error?.code).toBe('inputInvalid');
  expect((await admin.get(to.batch(randomUUID()))).error?.code).toBe('nothingHere');
  expect((await admin.get(to.previewStop('pageToken=%25'))).error?.code).toBe('badRequest');
});
