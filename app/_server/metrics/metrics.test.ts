/** The measurements of the web process. The rules are in web-metrics.ts. */
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scrape } from '@/engine/metrics/testing/scrape';
import { createTestDatabase, type TestDatabase } from '@/engine/store/postgres/testing/database';
import { openDatabase } from '../database';
import { PEOPLE } from '../testing/test-web';
import type { Web } from '../web';
import { readMetrics } from './read';
import { routeOf } from './route-patterns';
import { WebMetrics } from './web-metrics';

/** As Next's build writes it, in its order. */
const MANIFEST = {
  version: 3,
  staticRoutes: [
    { page: '/', regex: '^/(?:/)?$' },
    { page: '/runs', regex: '^/runs(?:/)?$' },
  ],
  dynamicRoutes: [
    { page: '/api/runs/[workflowId]/[runId]', regex: '^/api/runs/([^/]+?)/([^/]+?)(?:/)?$' },
    { page: '/api/[...unknown]', regex: '^/api/(.+?)(?:/)?$' },
  ],
};

let test: TestDatabase;
let database: Web['database'];
beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url, () => {});
});
afterAll(async () => {
  await database.$disconnect();
  await test.drop();
});

describe('measurements of the web', () => {
  it('[MTW1] requests are counted by route pattern, method and status; addresses that somebody makes up add none', async () => {
    const metrics = new WebMetrics({ database, liveSockets: () => 3 });
    metrics.routesKnown(routeOf(MANIFEST));
    const server = createServer((request, response) => {
      metrics.request(request, response);
      response.statusCode = request.url?.startsWith('/runs') ? 200 : 404;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = (path: string, method = 'GET') =>
      new Promise<void>((resolve, reject) => {
        send({ port, path, method, agent: false }, (response) => response.resume().once('end', resolve))
          .once('error', reject)
          .end();
      });
    await Promise.all([
      ask('/runs?status=open'),
      ask('/runs/'),
      ask('/runs', 'PROPFIND'),
      ask('/api/runs/order-8841/r1'),
      ask('//'),
      ask('/%00'),
      ask('/_next/static/chunk.js'),
      ...Array.from({ length: 50 }, (_, at) => ask(`/made-up-${at}`)),
      ...Array.from({ length: 50 }, (_, at) => ask(`/api/made-up-${at}/x`)),
    ]);
    await new Promise((resolve) => server.close(resolve));
    const read = new Scrape(await metrics.text());
    expect(read.faults()).toEqual([]);
    const count = (route: string, method: string, status: string) =>
      read.value('backstitch_web_requests_total', { route, method, status });
    expect(count('/runs', 'GET', '200')).toBe(2);
    expect(count('/runs', 'other', '200')).toBe(1);
    expect(count('/api/runs/[workflowId]/[runId]', 'GET', '404')).toBe(1);
    expect(count('/api/[...unknown]', 'GET', '404')).toBe(50);
    expect(count('/', 'GET', '404')).toBe(1);
    expect(count('other', 'GET', '404')).toBe(51);
    expect(count('/_next', 'GET', '404')).toBe(1);
    expect(read.labels('backstitch_web_request_duration_seconds', 'route')).toHaveLength(6);
    expect(read.value('backstitch_web_live_sockets')).toBe(3);
    expect(read.text).not.toContain('8841');
  });

  it('[MTW2] mails that wait, failed, and subscriptions by what they do; read once for many scrapes', async () => {
    const row = { kind: 'asked', taskId: 't', personId: 'p' };
    const dueAt = new Date(Date.now() - 60_000);
    await database.notification.createMany({
      data: [
        { ...row, id: crypto.randomUUID(), fact: 'a', nextAt: dueAt },
        { ...row, id: crypto.randomUUID(), fact: 'b', nextAt: new Date(Date.now() + 3_600_000) },
        { ...row, id: crypto.randomUUID(), fact: 'c', lastError: 'no such person' },
        { ...row, id: crypto.randomUUID(), fact: 'd', sentAt: new Date() },
      ],
    });
    const subscription = {
      ownerName: 'Ada',
      target: {},
      flows: [],
      kinds: [],
      sealed: '',
      epoch: 0,
      number: 0,
      flowNumber: 0,
    };
    const since = new Date(Date.now() - 120_000);
    const failing = { failingSince: since, failingEventAt: since };
    await database.eventSubscription.createMany({
      data: [
        { ...subscription, id: crypto.randomUUID(), title: 'on', isOn: true },
        { ...subscription, id: crypto.randomUUID(), title: 'failing', isOn: true, ...failing },
        { ...subscription, id: crypto.randomUUID(), title: 'stopped', isOn: true, ...failing, stoppedAt: since },
        { ...subscription, id: crypto.randomUUID(), title: 'off', isOn: false },
      ],
    });
    let reads = 0;
    const counted = database.$extends({
      query: { $allModels: { $allOperations: ({ args, query }) => (reads++, query(args)) } },
    });
    const metrics = new WebMetrics({ database: counted as unknown as typeof database, liveSockets: () => 0 });
    const read = new Scrape(await metrics.text());
    expect(read.faults()).toEqual([]);
    expect(read.value('backstitch_web_outbox_messages', { state: 'waiting' })).toBe(2);
    expect(read.value('backstitch_web_outbox_messages', { state: 'failed' })).toBe(1);
    expect(read.value('backstitch_web_outbox_oldest_due_age_seconds')).toBeGreaterThan(59);
    for (const state of ['delivering', 'failing', 'stopped', 'off'])
      expect(read.value('backstitch_web_event_subscriptions', { state })).toBe(1);
    expect(read.value('backstitch_web_event_oldest_undelivered_age_seconds')).toBeGreaterThan(119);
    const before = reads;
    for (let at = 0; at < 20; at++) await metrics.text();
    expect(reads).toBe(before);
  });

  it('[MTW2] a scrape is answered while the database is away, without what it cannot know', async () => {
    const away = () => Promise.reject(new Error('away'));
    const absent = {
      notification: { count: away, aggregate: away },
      eventSubscription: { findMany: away },
    } as unknown as Web['database'];
    const read = new Scrape(await new WebMetrics({ database: absent, liveSockets: () => 1 }).text());
    expect(read.value('backstitch_web_live_sockets')).toBe(1);
    expect(read.value('backstitch_web_outbox_messages', { state: 'waiting' })).toBeUndefined();
  });

  it('[MTW3] the route answers whoever has the permission, in the format of Prometheus', async () => {
    const web = { metrics: new WebMetrics({ database, liveSockets: () => 0 }) };
    const answer = await readMetrics(web, PEOPLE.olga);
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(new Scrape(await answer.text()).faults()).toEqual([]);
    await expect(readMetrics(web, PEOPLE.vera)).rejects.toMatchObject({ code: 'notAllowed' });
    const ofOneFlow = { ...PEOPLE.olga, grants: [{ role: 'operator' as const, flow: 'trip' }] };
    await expect(readMetrics(web, ofOneFlow)).rejects.toMatchObject({ code: 'notAllowed' });
  });
});
