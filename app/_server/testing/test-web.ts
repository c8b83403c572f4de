/**
 * The web process for tests of operations, with real parts only: a PostgreSQL database, an engine with the embedded
 * worker behind its gRPC door, and the internal endpoints by which runs open and close tasks. What is missing is Next:
 * operations are called as handlers call them.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { POST as askRoute } from '@/app/api/internal/human-tasks/ask/route';
import { POST as closeRoute } from '@/app/api/internal/human-tasks/close/route';
import { POST as openRoute } from '@/app/api/internal/human-tasks/open/route';
import type { Role } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import type { StartedRun } from '@/app/_contract/runs';
import { startTestEngine as startProvenEngine } from '@/engine/service/testing/test-engine';
import { createTestDatabase } from '@/engine/store/postgres/testing/database';
import type { HumanTask } from '@/prisma/client/client';
import { composeWeb } from '../compose';
import { readConfig } from '../config';
import { publishFlow } from '../flows/publish';
import type { Actor } from '../people/actor';
import { startRun } from '../runs/start';
import { provideWeb, type Web } from '../web';
import { startTestEngine, WEB_KEY } from './engine';
import { TRIP } from './trip';

const person = (name: string, role: Role, groups: string[] = []): Actor => ({
  id: name.toLowerCase(),
  name,
  email: `${name.toLowerCase()}@example.com`,
  grants: [{ role, flow: null }],
  groups,
  via: 'session',
  from: '127.0.0.1',
});
export const PEOPLE = {
  /** Of Finance, whom the trip asks. */
  ada: person('Ada', 'approver', ['finance']),
  /** Asked by his e-mail address. */
  bob: person('Bob', 'approver'),
  /** May decide, but is not asked. */
  carl: person('Carl', 'approver'),
  olga: person('Olga', 'operator'),
  dan: person('Dan', 'designer'),
  vera: person('Vera', 'viewer'),
};

export interface TestWeb {
  web: Web;
  internalToken: string;
  /** A trip, started by Olga. */
  start(input?: Record<string, unknown>): Promise<StartedRun>;
  /** A trip that waits for a decision. */
  ask(input?: Record<string, unknown>): Promise<{ run: StartedRun; task: HumanTask }>;
  /** Types of the run's events. */
  eventsOf(run: StartedRun): Promise<string[]>;
  /** Audit rows of a target, the oldest first. */
  auditOf(
    target: string
  ): Promise<{ operation: string; actorName: string; outcome: string | null; details: unknown }[]>;
  close(): Promise<void>;
}

/** Served: version 1 of the flow of trip.ts. */
export async function startTestWeb(): Promise<TestWeb> {
  const database = await createTestDatabase();
  const internalToken = randomBytes(24).toString('hex');
  const server = createServer((request, response) => void serveInternal(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const webUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const engine = await startTestEngine({
    databaseUrl: database.url,
    environment: { BACKSTITCH_WEB_URL: webUrl, BACKSTITCH_INTERNAL_TOKEN: internalToken },
    start: startProvenEngine,
  });
  const { web, close } = composeWeb(
    readConfig({
      DATABASE_URL: database.url,
      BACKSTITCH_WEB_URL: webUrl,
      BACKSTITCH_ENGINE_ADDRESS: engine.address,
      BACKSTITCH_INTERNAL_TOKEN: internalToken,
      BACKSTITCH_KEY: WEB_KEY,
      BETTER_AUTH_SECRET: randomBytes(32).toString('hex'),
      BACKSTITCH_LOG_LEVEL: 'silent',
      BACKSTITCH_SHOP: 'off',
      NODE_ENV: 'test',
    }),
    server
  );
  provideWeb(web);
  await publishFlow(web, PEOPLE.dan, { document: TRIP });

  const start: TestWeb['start'] = (input = {}) =>
    startRun(web, PEOPLE.olga, TRIP.name, {
      requestId: crypto.randomUUID(),
      input: { who: 'Grace', amount: 900, ...input },
    });
  const handleOf = ({ workflowId, runId }: StartedRun) => web.temporal.workflow.getHandle(workflowId, runId);
  return {
    web,
    internalToken,
    start,
    async ask(input) {
      const run = await start(input);
      const find = () => web.database.humanTask.findFirst({ where: { workflowId: run.workflowId } });
      await expect.poll(find, { timeout: 20_000, interval: 20 }).toBeTruthy();
      const task = await find();
      if (!task) throw new Error('The task went away.');
      return { run, task };
    },
    async eventsOf(run) {
      const { events } = await handleOf(run).fetchHistory();
      return (events ?? []).map(
        (event) => Object.keys(event).find((field) => field.endsWith('EventAttributes')) ?? 'none'
      );
    },
    auditOf: (target) =>
      web.database.auditEntry.findMany({
        where: { target },
        orderBy: { at: 'asc' },
        select: { operation: true, actorName: true, outcome: true, details: true },
      }),
    async close() {
      await close();
      await engine.stop();
      await new Promise((resolve) => server.close(resolve));
      await database.drop();
    },
  };
}

/** What the worker calls, as Next would hand it over. */
async function serveInternal(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = {
    [routes.openTask()]: openRoute,
    [routes.askTask()]: askRoute,
    [routes.closeTask()]: closeRoute,
  }[request.url ?? ''];
  if (!route) return void response.writeHead(404).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = await route(
    new Request(`http://127.0.0.1${request.url}`, {
      method: 'POST',
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks),
    }),
    { params: Promise.resolve({}) }
  );
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}
