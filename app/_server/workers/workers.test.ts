/** What runs where: the rules are in list.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provesHistories } from '@/engine/history/testing/proof';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { TRIP, tripSource } from '../testing/trip';
import { listWorkers } from './list';
import { WebPresence } from './web-presence';

provesHistories(await tripSource());

const { olga, vera, dan } = PEOPLE;
const ofFlow = (flow: string) => ({ ...olga, grants: [{ role: 'operator' as const, flow }] });

let test: TestWeb;
beforeAll(async () => {
  test = await startTestWeb();
});
afterAll(() => test.close());

describe('workers', () => {
  it('[WPR1] each web process is shown while it runs; one that was killed for a moment, and its row is removed', async () => {
    const { database, log } = test.web;
    const shown = async () => (await listWorkers(test.web, olga)).webs;
    await expect.poll(shown).toMatchObject([{ pid: process.pid, node: process.versions.node }]);
    const [own] = await shown();
    expect(own?.residentBytes).toBeGreaterThan(10_000_000);
    expect(own?.startedMs).toBeLessThan(Date.now());
    const ago = (ms: number) => new Date(Date.now() - ms);
    const row = { host: 'b', version: '1', node: '24', startedAt: ago(900_000), residentBytes: 1n };
    await database.webProcess.createMany({
      data: [
        { ...row, id: randomUUID(), pid: 1, seenAt: ago(30_000) },
        { ...row, id: randomUUID(), pid: 2, seenAt: ago(60_000) },
      ],
    });
    expect((await shown()).map(({ pid }) => pid)).toEqual([1, process.pid]);
    const other = new WebPresence(database, '2', log);
    await expect.poll(async () => (await shown()).length).toBe(3);
    await expect.poll(() => database.webProcess.count({ where: { pid: 2 } })).toBe(0);
    await other.close();
    expect((await shown()).map(({ pid }) => pid)).toEqual([1, process.pid]);
    await database.webProcess.deleteMany({ where: { pid: 1 } });
  });

  it('[WRK2] the process of the engine, the versions that it serves, and what no worker takes', async () => {
    const { run } = await test.ask();
    await test.web.temporal.workflow.start('importedElsewhere', {
      workflowId: 'parked',
      taskQueue: 'backstitch',
      args: [],
    });
    await test.web.temporal.workflow.start('inGo', { workflowId: 'other', taskQueue: 'of-go', args: [] });
    const { engine, queues, flows, missing, pollers } = await listWorkers(test.web, olga);
    expect(run.runId).not.toBe('');
    expect(engine).toMatchObject({ pid: process.pid, isActive: true, threads: 1, endedThreads: 0, version: 'test' });
    expect(engine?.residentBytes).toBeGreaterThan(10_000_000);
    expect(engine?.startedMs).toBeLessThan(Date.now());
    expect(engine?.runsInMemory).toBeGreaterThanOrEqual(3);
    // The task of the approval was opened.
    expect(engine?.attempts).toBeGreaterThanOrEqual(1);
    expect(engine?.workflowTasks).toBeGreaterThanOrEqual(2);
    expect(queues).toEqual([
      {
        name: 'backstitch',
        isServed: true,
        workflow: { count: 1, sinceMs: expect.any(Number), types: [{ name: 'importedElsewhere', count: 1 }] },
        activity: { count: 0, sinceMs: null, types: [] },
      },
      {
        name: 'of-go',
        isServed: false,
        workflow: { count: 1, sinceMs: expect.any(Number), types: [{ name: 'inGo', count: 1 }] },
        activity: { count: 0, sinceMs: null, types: [] },
      },
    ]);
    expect(flows).toEqual([
      {
        flow: TRIP.name,
        versions: [
          { workflowType: expect.stringMatching(/_v1$/), version: 1, live: 'v1.0', revisions: 1, retired: false },
        ],
      },
    ]);
    expect([missing, pollers]).toEqual([null, []]);
    await Promise.all(['parked', 'other'].map((id) => test.web.temporal.workflow.getHandle(id).terminate()));
    expect((await listWorkers(test.web, dan)).queues.map(({ workflow }) => workflow.count)).toEqual([0]);
  });

  it('[WRK2] who operates another flow sees the processes and the counts, and no name of this flow; others see nothing', async () => {
    await test.web.temporal.workflow.start('importedElsewhere', {
      workflowId: 'parked',
      taskQueue: 'backstitch',
      args: [],
    });
    const { engine, queues, flows } = await listWorkers(test.web, ofFlow('another'));
    expect(engine?.pid).toBe(process.pid);
    expect(queues[0]?.workflow).toMatchObject({ count: 1, types: [] });
    expect(flows).toEqual([]);
    expect((await listWorkers(test.web, ofFlow(TRIP.name))).flows).toHaveLength(1);
    await expect(listWorkers(test.web, vera)).rejects.toMatchObject({ code: 'notAllowed' });
    await test.web.temporal.workflow.getHandle('parked').terminate();
  });

  it('[WRK1] of a Temporal cluster: who polls the queue and its backlog, and what it does not tell is named', async () => {
    await test.web.temporal.workflow.start('importedElsewhere', {
      workflowId: 'parked',
      taskQueue: 'backstitch',
      args: [],
    });
    const cluster = { ...test.web, config: { ...test.web.config, foreignCluster: true } };
    const { engine, pollers, queues, missing, flows } = await listWorkers(cluster, olga);
    expect(engine).toBeNull();
    expect(pollers).toEqual([{ identity: 'backstitch-worker', lastSeenMs: expect.any(Number) }]);
    expect(Date.now() - (pollers[0]?.lastSeenMs ?? 0)).toBeLessThan(60_000);
    expect(queues).toEqual([
      expect.objectContaining({ name: 'backstitch', isServed: true, workflow: expect.objectContaining({ count: 1 }) }),
    ]);
    expect(missing).toMatch(/does not tell/);
    expect(flows).toHaveLength(1);
    await test.web.temporal.workflow.getHandle('parked').terminate();
  });
});
