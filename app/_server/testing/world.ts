/**
 * The web process as a test meets it: the real composition, a real PostgreSQL, the real engine behind its gRPC door,
 * REST routes and sockets on one real HTTP server. Only Next is missing.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { hashPassword } from 'better-auth/crypto';
import { io, type Socket } from 'socket.io-client';
import type { AppFailure } from '@/app/_contract/errors';
import type { BrowserToServer, ServerToBrowser } from '@/app/_contract/live';
import type { Person, Role } from '@/app/_contract/people';
import { routes as addresses } from '@/app/_contract/routes';
import type { StartedRun } from '@/app/_contract/runs';
import { NODES_QUERY, type NodesReport } from '@/engine/saga/contract';
import { createTestDatabase } from '@/engine/store/postgres/testing/database';
import { composeWeb } from '../compose';
import { readConfig } from '../config';
import { CLIENT_HEADER } from '../http/client-address';
import type { RunAddress } from '../runs/address';
import { provideWeb, type Web } from '../web';
import { startTestEngine, WEB_KEY, type TestEngine } from './engine';
import { listenerOf, readRoutes, type Route } from './routes';
import { openTill, TILL_FLOW } from './till';

export const PASSWORD = 'correct horse battery';
export const INTERNAL_TOKEN = 'the worker and the web share this';
export type TestSocket = Socket<ServerToBrowser, BrowserToServer>;

export interface Answer<T = unknown> {
  status: number;
  body: T;
  /** Null unless it was refused. */
  error: AppFailure | null;
  headers: Headers;
}

export interface World {
  web: Web;
  engine: TestEngine;
  routes: Route[];
  origin: string;
  databaseUrl: string;
  /** Somebody with this role, signed in; the same one each time. */
  as(role: Role): Promise<Visitor>;
  /** Nobody. */
  stranger: Visitor;
  /** A run of the till (till.ts), published when it is the first; resolves when it waits. */
  startTill(input?: Partial<TillInput>): Promise<RunAddress>;
  /** The engine ends and comes back at the same address, as after a crash. Resolves when the web reaches it. */
  restartEngine(): Promise<void>;
  /** The routes of this process meet one web at a time: this world's, or another that was composed beside it. */
  provide(other?: Web): void;
  stopEngine(): Promise<void>;
  startEngine(): Promise<void>;
  close(): Promise<void>;
}

export interface TillInput {
  amount: number;
  take: '/take' | '/lose-answer';
  approve: boolean;
  pin: string;
}

export interface WorldOptions {
  /** Another way to the same database, e.g. one that can be cut. Only the web uses it. */
  databaseUrlOfWeb?: (databaseUrl: string) => string | Promise<string>;
  engineAddressOfWeb?: (address: string) => Promise<string>;
  /** Connections of the engine beside the till: 'name=url'. */
  connections?: string[];
  /** The operator's own folder of activities. */
  ownCode?: Parameters<typeof startTestEngine>[0]['ownCode'];
  /** Without one, addresses lead nowhere. */
  engine?: boolean;
  environment?: Record<string, string>;
  /** Takes what the web logs, line by line; standard output otherwise. */
  logTo?: { write(line: string): void };
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const database = await createTestDatabase();
  const till = await openTill();
  const server = createServer();
  const routes = await readRoutes();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const engineOptions = {
    databaseUrl: database.url,
    ownCode: options.ownCode,
    environment: {
      BACKSTITCH_WEB_URL: origin,
      BACKSTITCH_INTERNAL_TOKEN: INTERNAL_TOKEN,
      BACKSTITCH_CONNECTIONS: [`till=${till.url}`, ...(options.connections ?? [])].join(),
    },
  };
  let engine = options.engine === false ? null : await startTestEngine(engineOptions);
  // Port 1 is nobody's.
  const address = engine?.address ?? '127.0.0.1:1';
  const config = readConfig({
    DATABASE_URL: (await options.databaseUrlOfWeb?.(database.url)) ?? database.url,
    BACKSTITCH_WEB_URL: origin,
    BACKSTITCH_ENGINE_ADDRESS: (await options.engineAddressOfWeb?.(address)) ?? address,
    BACKSTITCH_INTERNAL_TOKEN: INTERNAL_TOKEN,
    BACKSTITCH_KEY: WEB_KEY,
    BETTER_AUTH_SECRET: 'only tests know this secret, which is long enough',
    BACKSTITCH_LOG_LEVEL: process.env.BACKSTITCH_LOG_LEVEL ?? 'fatal',
    ...options.environment,
  } as unknown as NodeJS.ProcessEnv);
  const { web, close } = composeWeb(config, server, options.logTo);
  provideWeb(web);
  const serve = listenerOf(routes);
  server.on('request', (request, response) => {
    // Sockets have their own listener.
    if (request.url?.startsWith('/api/live')) return;
    request.headers[CLIENT_HEADER] = String(request.headers['x-test-client'] ?? '127.0.0.1');
    serve(request, response);
  });

  let published: Promise<unknown> | null = null;
  const visitors = new Map<Role, Promise<Visitor>>();
  const signedIn = async (role: Role) => {
    const email = `${role}@example.test`;
    const id = `person-${role}`;
    await web.database.user.create({
      data: { id, email, name: `Ada ${role}`, grants: { create: { role } } },
    });
    await web.database.account.create({
      data: {
        id: `account-${role}`,
        userId: id,
        accountId: id,
        providerId: 'credential',
        password: await hashPassword(PASSWORD),
      },
    });
    const visitor = new Visitor(origin);
    await visitor.signIn(email);
    return visitor;
  };
  const stopEngine = async () => {
    await engine?.stop();
    engine = null;
  };
  const world: World = {
    web,
    routes,
    get engine() {
      if (!engine) throw new Error('this world has no engine now');
      return engine;
    },
    origin,
    databaseUrl: database.url,
    as: (role) => {
      const visitor = visitors.get(role) ?? signedIn(role);
      visitors.set(role, visitor);
      return visitor;
    },
    stranger: new Visitor(origin),
    async startTill(input = {}) {
      const admin = await world.as('admin');
      await (published ??= must(admin.post(addresses.publish(), { document: TILL_FLOW })));
      const request = { requestId: randomUUID(), input: { amount: 5, take: '/take', ...input } };
      const { workflowId, runId } = (await must(admin.post<StartedRun>(addresses.startRun('till'), request))).body;
      const run = { workflowId, runId };
      // `told` waits for a signal, `approve` for a task, an operator about an unknown outcome.
      await eventually(async () => {
        const handle = web.temporal.workflow.getHandle(workflowId, runId);
        const { nodes, waitsFor } = await handle.query<NodesReport>(NODES_QUERY);
        const waits = waitsFor.length > 0 || Object.values(nodes).some(({ state }) => state === 'waiting');
        if (!waits) throw new Error(`the run does not wait: ${JSON.stringify(nodes)}`);
      });
      return run;
    },
    provide: (other = web) => provideWeb(other),
    stopEngine,
    async startEngine() {
      engine = await startTestEngine({ ...engineOptions, address });
      // A client that just failed to connect refuses calls until its next attempt, by design.
      await eventually(() =>
        Promise.all([web.versions.listVersions(), web.temporal.workflowService.getSystemInfo({})])
      );
    },
    async restartEngine() {
      await stopEngine();
      await world.startEngine();
    },
    async close() {
      await close();
      server.closeAllConnections();
      await engine?.stop();
      await till.close();
      await database.drop();
    },
  };
  return world;
}

/** A browser without pages: its cookies, the origin of this Backstitch. */
export class Visitor {
  readonly #cookies = new Map<string, string>();
  person: Person | null = null;
  constructor(
    readonly origin: string,
    readonly given: Readonly<Record<string, string>> = {}
  ) {}

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async signIn(email: string, password = PASSWORD): Promise<Answer> {
    const answer = await this.post(addresses.signIn(), { email, password });
    if (answer.status === 200) this.person = (await this.get<{ person: Person }>(addresses.me())).body.person;
    return answer;
  }

  get<T = unknown>(url: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.call<T>(url, { method: 'GET', headers });
  }
  post<T = unknown>(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.call<T>(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: this.origin, ...headers },
    });
  }

  async call<T>(url: string, init: RequestInit & { headers: Record<string, string> }): Promise<Answer<T>> {
    const response = await fetch(new URL(url, this.origin), {
      ...init,
      redirect: 'manual',
      headers: { ...(this.cookie ? { cookie: this.cookie } : {}), ...this.given, ...init.headers },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '' || /max-age=0/i.test(cookie)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const text = await response.text();
    // Lines of JSON are not JSON.
    const isJson = !response.headers.get('content-type')?.includes('ndjson') && /^[{[]/.test(text);
    const body = (isJson ? JSON.parse(text) : text) as T & { error?: AppFailure };
    return { status: response.status, body, error: body?.error ?? null, headers: response.headers };
  }

  /** A tab's live socket. Not connected yet. */
  socket(headers: Record<string, string> = {}, origin = this.origin): TestSocket {
    return io(origin, {
      path: '/api/live',
      transports: ['websocket'],
      forceNew: true,
      autoConnect: false,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
      extraHeaders: { cookie: this.cookie, origin, ...headers },
    });
  }
}

/** The answer of what must not be refused. */
export async function must<T>(asked: Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await asked;
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Tries until it holds. For what a real engine, database or socket does in its own time. */
export async function eventually<T>(work: () => Promise<T> | T, withinMs = 20_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(25);
    }
  }
}
