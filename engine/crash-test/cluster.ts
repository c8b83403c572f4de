/**
 * The product under test: an embedded PostgreSQL, the shop and engines. Each is a real process in a folder of its
 * own, on free ports. One engine leads; the others wait for its lease, or still assume that they have it.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { migrate } from '../../prisma/migrate';
import { bundleProcesses } from '../launcher/build';
import { startPostgres, type PostgresServer } from '../launcher/postgres';
import { keyDigest } from '../launcher/secrets';
import { installAudit } from './audit';
import { DatabaseLink } from './database-link';
import { People } from './people';
import { RoleProcess } from './processes';
import { until } from './waiting';

const DATABASE = 'crash';
/** The order of commits is read from the timestamps of the server. */
const SETTINGS = { track_commit_timestamp: 'on' };
const RESTART_MS = 200;
const RESTARTS = 200;
/** So few that chains of runs are met by kills. */
const SUGGESTED_AT_EVENTS = 40;

export interface Engine {
  process: RoleProcess;
  link: DatabaseLink;
}

/** The connection to the engine that leads. A takeover replaces it, and open calls on the old one are given up. */
export interface Door {
  address: string;
  client: Client;
  connection: Connection;
  closed: AbortController;
}

export class Cluster {
  readonly key = randomBytes(16).toString('hex');
  readonly #token = randomBytes(16).toString('hex');
  readonly #link = new Set<DatabaseLink>();
  readonly #started = new Set<RoleProcess>();
  /** The test's own connection to the database. */
  pool!: pg.Pool;
  people!: People;
  shopUrl = '';
  leader!: Engine;
  door!: Door;
  #postgres!: PostgresServer;
  #count = 0;

  private constructor(
    readonly root: string,
    /** Data and logs. */
    readonly folder: string,
    /** Built code. It is inside the project, where packages are found. */
    readonly buildDir: string,
    /** Addresses of further services, by the name of their connection. */
    private readonly services: Record<string, string>
  ) {}

  static async start(
    root: string,
    say: (line: string) => void,
    services: Record<string, string> = {}
  ): Promise<Cluster> {
    const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-crash-'));
    // The user of the database may differ from ours.
    await chmod(folder, 0o755);
    await mkdir(path.join(root, '.backstitch'), { recursive: true });
    const buildDir = await mkdtemp(path.join(root, '.backstitch', 'crash-'));
    const cluster = new Cluster(root, folder, buildDir, services);
    try {
      await cluster.#start(say);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async #start(say: (line: string) => void): Promise<void> {
    say('building and starting the processes');
    await mkdir(path.join(this.folder, 'logs'));
    await bundleProcesses(this.root, path.join(this.buildDir, 'build'), [
      'engine',
      'shop',
      'sandbox-thread',
      'build-version',
    ]);
    await this.startPostgres();
    const admin = new pg.Client(this.#postgres.url);
    await admin.connect();
    await admin.query(`CREATE DATABASE ${DATABASE}`);
    await admin.end();
    const url = this.#postgres.urlOf(DATABASE);
    await migrate(url);
    this.pool = new pg.Pool({ connectionString: url, max: 4, application_name: 'backstitch crash test' });
    this.pool.on('error', () => {}); // the database is killed on purpose
    await installAudit(this.pool);
    this.people = await People.open(this.#token);
    const shop = this.#fork('shop', { DATABASE_URL: url, BACKSTITCH_SHOP_PORT: '0' });
    this.shopUrl = await shop.serves();
    await this.#lead(await this.startEngine());
  }

  /** The database itself, without the links. */
  get databaseUrl(): string {
    return this.#postgres.urlOf(DATABASE);
  }

  /** An engine, which serves when it has the lease. */
  async startEngine(address = '127.0.0.1:0'): Promise<Engine> {
    const link = await DatabaseLink.open(this.#socketPath());
    this.#link.add(link);
    const process = this.#fork('engine', {
      DATABASE_URL: `postgresql://backstitch@127.0.0.1:${link.port}/${DATABASE}`,
      BACKSTITCH_ENGINE_ADDRESS: address,
      BACKSTITCH_CONNECTIONS: Object.entries({ shop: this.shopUrl, ...this.services })
        .map(([name, url]) => `${name}=${url}`)
        .join(','),
      BACKSTITCH_SUGGEST_NEW_RUN_EVENTS: String(SUGGESTED_AT_EVENTS),
      BACKSTITCH_WEB_URL: this.people.url,
      BACKSTITCH_INTERNAL_TOKEN: this.#token,
      BACKSTITCH_KEYS: JSON.stringify([{ name: 'crash test', role: 'web', sha256: keyDigest(this.key) }]),
    });
    return { process, link };
  }

  /** Makes another engine the leader, when it serves. */
  async takesOver(engine: Engine): Promise<void> {
    await engine.process.serves();
    await this.#lead(engine);
  }

  /**
   * After the leader was killed: starts a new process at the same address, as the launcher does, as often as
   * necessary.
   */
  async startLeaderAgain(): Promise<void> {
    this.forget(this.leader);
    for (let attempt = 1; ; attempt++) {
      const engine = await this.startEngine(this.door.address);
      try {
        await this.takesOver(engine);
        return;
      } catch (error) {
        this.forget(engine);
        if (attempt === RESTARTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
      }
    }
  }

  async #lead(engine: Engine): Promise<void> {
    const address = await engine.process.serves();
    this.leader = engine;
    if (this.door?.address === address) return;
    this.door?.closed.abort();
    const before = this.door?.connection;
    // The caller repeats its call (see Calls), because the repetitions of the client would outlive this connection.
    const connection = Connection.lazy({
      address,
      metadata: { authorization: `Bearer ${this.key}` },
      interceptors: [],
    });
    this.door = { address, connection, client: new Client({ connection }), closed: new AbortController() };
    await before?.close().catch(() => {});
  }

  /** The name of a process that has ended although the test did not kill or stop it. */
  endedByItself(): string | null {
    return [...this.#started].find((each) => each.endedByItself)?.name ?? null;
  }

  /** Removes an engine whose process has ended. */
  forget({ link, process }: Engine): void {
    link.close();
    this.#link.delete(link);
    if (process.gone) this.#started.delete(process);
  }

  async startPostgres(): Promise<void> {
    this.#postgres = await startPostgres({ dataDir: path.join(this.folder, 'postgres'), settings: SETTINGS });
  }

  /** The first process of the server. Its child processes end when they notice that it is gone. */
  async killPostgres(signal: 'SIGKILL' | 'SIGQUIT'): Promise<void> {
    process.kill(this.#postgres.pid, signal);
    await until(30_000, 'PostgreSQL to be gone', () => !this.#postgres.alive());
  }

  /** The number of commits that the database refused because their lease had been taken over. */
  async refusals(): Promise<number> {
    const log = await readFile(path.join(this.folder, 'postgres.log'), 'utf8').catch(() => '');
    return log.split('ERROR:  the lease is held by another engine').length - 1;
  }

  /**
   * The number of engines that learnt from the database that they had been replaced: by a refused commit, or, if they
   * asked first whether the lease is still theirs, by the answer.
   */
  async fenced(): Promise<number> {
    const folder = path.join(this.folder, 'logs');
    const names = await readdir(folder);
    const logs = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
    return logs.filter((log) => log.includes('the lease is held by another engine')).length;
  }

  async stop(): Promise<void> {
    this.door?.closed.abort();
    await this.door?.connection.close().catch(() => {});
    for (const each of [...this.#started].reverse()) {
      if (each.gone) continue;
      await each.signal('SIGCONT');
      await each.stop();
    }
    for (const link of this.#link) link.close();
    this.people?.close();
    await this.pool?.end().catch(() => {});
    await this.#postgres?.stop();
  }

  /**
   * Deletes the data and logs. They are kept until this call, because they are needed to understand a failed test.
   */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await rm(this.buildDir, { recursive: true, force: true });
  }

  #fork(name: 'engine' | 'shop', env: Record<string, string>): RoleProcess {
    const own = `${name}-${++this.#count}`;
    const started = new RoleProcess(
      own,
      path.join(this.buildDir, 'build', `${name}.mjs`),
      {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TMPDIR: process.env.TMPDIR,
        NODE_ENV: 'production',
        BACKSTITCH_DATA_DIR: path.join(this.folder, 'data'),
        ...env,
      },
      path.join(this.folder, 'logs', `${own}.log`)
    );
    this.#started.add(started);
    return started;
  }

  #socketPath(): string {
    const folder = new URL(this.#postgres.url).searchParams.get('host');
    if (!folder) throw new Error('the embedded PostgreSQL has no socket folder');
    return path.join(folder, '.s.PGSQL.5432');
  }
}
