/**
 * The store on PostgreSQL. The lease: a takeover commits epoch + 1 and only then reads. The row lock of every commit
 * (FOR SHARE) makes the takeover wait for open commits, and makes later commits of the old epoch fail. Liveness: a
 * session advisory lock on a connection of its own. When that connection ends, the holder can no longer prove its
 * lease.
 */
import pg from 'pg';
import type { RunKey, TimestampMs } from '../../run-name';
import type {
  AttentionGroup,
  AttentionQuery,
  BatchResult,
  BatchResultsQuery,
  ChangePage,
  ChangeQuery,
  ClosedQuery,
  EndedCell,
  EndedQuery,
  StepTimeRow,
  EngineTime,
  HistoryBatch,
  LeasedStore,
  ListQuery,
  NamespaceRecord,
  RunCommit,
  RunCounts,
  ScheduleAddress,
  Store,
  StoredRun,
  StoredBatch,
  StoredSchedule,
  WaitingEngine,
} from '../port';
import { comparePositions, type ChangePosition } from '../../visibility/change';
import type { Filter, SearchAttributeValue, VisibilityRecord } from '../../visibility/record';
import { FencedError, MOST_ENDED_CELLS, StoreTooSlowError, StoreUnavailableError } from '../port';
import { ChangeNumbers, changesStatement, END_BROKEN, pageOf, REMOVE, REMOVED, SINCE, type ChangeRow } from './changes';
import { commitBatch } from './commit';
import { storeError } from './errors';
import { GroupedReads } from './grouped-reads';
import { groupValue } from '../../visibility/sql';
import { AttributeIndexes } from './attribute-indexes';
import { attentionStatement } from './attention';
import { COUNT_RUNS, runCountsOf, type RunCountRow } from './run-counts';
import { addStepTimesStatement, endedStatement } from './ended';
import { closedStatement, closedTypesStatement, countStatement, listStatement, nearStatement } from './lists';
import { beat, endFrozenHolders, FROZEN_MS, TAKE_LOCK, WAITING } from './holder';

/** Before the name of a holder, in the list of connections. */
const NAMED = 'backstitch engine ';
/** The advisory lock of the holder of the lease. */
const LIVENESS_LOCK = 7_233_001;
const INT8_OID = 20;
const CONNECT_LIMIT_MS = 10_000;
const VISIBILITY_LIMIT_MS = 20_000;
const COUNT_RUNS_MS = 30_000;

export interface PostgresStoreOptions {
  url: string;
  /** The number of connections for commits. Reads have the same number of connections. */
  commitConnections?: number;
  /**
   * 'now' takes the lease from a living holder. 'whenFree' waits until the connection of the holder has ended, so
   * that two engines on one database do not take the lease from each other in turns.
   */
  takeover?: 'now' | 'whenFree';
  /** Called once with the name of another holder for which this engine must wait. */
  onWait?: (holder: string) => void;
  /** The waiting engine ends a holder that has sent no heartbeat for this time. */
  frozenMs?: number;
  /** How long PostgreSQL may work on a list, a count or the groups of Attention. */
  visibilityMs?: number;
}

/** The 64-bit columns contain run keys and milliseconds, which are safe integers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/**
 * Only connecting has a limit, and not the wait for a connection that others use: an engine with much to do is no
 * outage. When the database is away, the lease ends what waits.
 */
class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_LIMIT_MS });
  }
}

export class PostgresStore implements Store {
  readonly #options: Required<PostgresStoreOptions>;

  constructor(options: PostgresStoreOptions) {
    this.#options = {
      commitConnections: 2,
      takeover: 'now',
      onWait: () => {},
      frozenMs: FROZEN_MS,
      visibilityMs: VISIBILITY_LIMIT_MS,
      ...options,
    };
  }

  async acquire(holder: string): Promise<LeasedStore> {
    const config = { connectionString: this.#options.url, types };
    const named = { application_name: `${NAMED}${holder}` };
    const liveness = new pg.Client({ ...config, ...named, keepAlive: true });
    let lose: (error: Error) => void = () => {};
    const lost = new Promise<Error>((resolve) => (lose = resolve));
    liveness.on('error', (error) => lose(new StoreUnavailableError('the lease connection broke', { cause: error })));
    liveness.on('end', () => lose(new StoreUnavailableError('the lease connection ended')));
    try {
      await liveness.connect();
      if (this.#options.takeover === 'now') await liveness.query('SELECT pg_try_advisory_lock($1)', [LIVENESS_LOCK]);
      else await this.#waitForLock(liveness);
      const { rows } = await liveness.query<{ epoch: number }>(
        'UPDATE engine.lease SET epoch = epoch + 1, holder = $1, acquired_at = (extract(epoch FROM now()) * 1000)::bigint RETURNING epoch',
        [holder]
      );
      const epoch = rows[0]?.epoch;
      if (epoch === undefined) throw new Error('engine.lease is empty: the database is not migrated');
      const { commitConnections, visibilityMs } = this.#options;
      const pool = (max: number, limits: pg.PoolConfig = {}) => {
        // The epoch comes first, because PostgreSQL keeps only 63 characters. So the list of connections shows to
        // which lease they belong.
        const name = `backstitch engine epoch ${epoch} ${holder}`;
        const made = new pg.Pool({ ...config, idleTimeoutMillis: 0, application_name: name, max, Client, ...limits });
        // An idle connection that breaks is replaced at its next use. The lease connection reports the outage.
        made.on('error', () => {});
        return made;
      };
      const commits = pool(commitConnections);
      const reads = pool(commitConnections);
      // What people ask of a million runs holds up no run.
      const visibility = pool(commitConnections, { statement_timeout: visibilityMs });
      const connect = () => new Client({ ...config, ...named });
      const indexes = new AttributeIndexes(connect);
      return new LeasedPostgresStore(epoch, lost, lose, liveness, commits, reads, visibility, indexes, connect);
    } catch (error) {
      await liveness.end().catch(() => {});
      throw storeError(error);
    }
  }

  /**
   * Waits until the holder is gone. A frozen holder would keep its connection for ever, so this engine ends it
   * (holder.ts).
   */
  async #waitForLock(liveness: pg.Client): Promise<void> {
    const { url, frozenMs, onWait } = this.#options;
    const watching = endFrozenHolders({ url, lock: LIVENESS_LOCK, frozenMs, onWait });
    try {
      await liveness.query(TAKE_LOCK, [LIVENESS_LOCK]);
    } finally {
      watching.stop();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The process of the server that serves this connection. pg keeps it, and its types do not name it. */
const connectionOf = (client: pg.ClientBase): number => (client as { processID?: number }).processID ?? 0;

type Nullable<T> = { [K in keyof T]: T[K] | null };

const RUN_COLUMNS = `execution.run_key AS "runKey", execution.namespace, execution.workflow_id AS "workflowId",
  execution.run_id AS "runId", first_run_id AS "firstRunId",
  next_event_id AS "nextEventId", status, wake_at AS "wakeAt", side`;

class LeasedPostgresStore implements LeasedStore {
  constructor(
    readonly epoch: number,
    readonly lost: Promise<Error>,
    private readonly lose: (error: Error) => void,
    private readonly liveness: pg.Client,
    private readonly commits: pg.Pool,
    private readonly reads: pg.Pool,
    private readonly visibility: pg.Pool,
    private readonly indexes: AttributeIndexes,
    private readonly connect: () => pg.Client
  ) {
    this.#beating = beat(liveness);
    this.#numbers = new ChangeNumbers(epoch);
    void lost.then((error) => {
      this.#beating.stop();
      this.#ended = new StoreUnavailableError('the lease ended while this was asked', { cause: error });
      for (const reject of [...this.#asked]) reject(this.#ended);
    });
  }

  /** Functions that reject the open calls. */
  readonly #asked = new Set<(error: Error) => void>();
  #ended: StoreUnavailableError | null = null;
  readonly #beating: { stop(): void };
  readonly #numbers: ChangeNumbers;

  /**
   * Rejects with the lease at the latest, because calls that wait for a connection of a closed pool would wait until
   * their timeout, and a frozen server never answers a query.
   */
  #ask<T>(query: () => Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#asked.add(reject);
      query()
        .then(resolve, reject)
        .finally(() => this.#asked.delete(reject));
    });
  }

  async commit(runs: readonly RunCommit[]): Promise<void> {
    if (runs.length === 0) return;
    try {
      await this.#ask(() => this.#write(runs));
    } catch (error) {
      const known = storeError(error);
      if (known instanceof FencedError) this.lose(known);
      throw known;
    }
  }

  async #write(runs: readonly RunCommit[]): Promise<void> {
    const client = await this.commits.connect();
    // Whatever query it carries is rejected too.
    const hear = () => {};
    client.on('error', hear);
    const changes = this.#numbers.take(runs.flatMap(({ change }) => change ?? []));
    try {
      await commitBatch(client, this.epoch, runs, changes);
      this.#numbers.settle(changes);
      client.off('error', hear);
      client.release();
    } catch (error) {
      const known = storeError(error);
      const isUnknown = known instanceof StoreUnavailableError && known.refusedWith === null;
      if (isUnknown) this.#numbers.broke(changes, connectionOf(client));
      else this.#numbers.settle(changes);
      client.release(true);
      throw error;
    }
  }

  #read<T extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<T[]> {
    return this.#query(this.reads, name ? { name, text, values } : { text, values });
  }

  /** A list, a count, the groups of Attention: rejects with StoreTooSlowError after their limit. */
  #look<T extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<T[]> {
    return this.#query(this.visibility, statement);
  }

  async #query<T extends pg.QueryResultRow>(pool: pg.Pool, statement: pg.QueryConfig): Promise<T[]> {
    try {
      return (await this.#ask(() => pool.query<T>(statement))).rows;
    } catch (error) {
      throw storeError(error);
    }
  }

  async prove(): Promise<void> {
    const rows = await this.#read('prove', 'SELECT 1 FROM engine.lease WHERE epoch = $1', [this.epoch]);
    if (rows.length > 0) return;
    const fenced = new FencedError('the lease is held by another engine');
    this.lose(fenced);
    throw fenced;
  }

  async maxRunKey(): Promise<RunKey> {
    const sql = `SELECT greatest((SELECT max(run_key) FROM engine.execution),
      (SELECT max(highest_run_key) FROM engine.deleted_run)) AS max`;
    return (await this.#read<{ max: number | null }>('', sql, []))[0]?.max ?? 0;
  }

  async deleteRun(runKey: RunKey): Promise<void> {
    const held = await this.#read(
      'delete_run',
      `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE),
       h AS (DELETE FROM engine.history USING l WHERE run_key = $2),
       v AS (DELETE FROM engine.visibility USING l WHERE run_key = $2),
       c AS (DELETE FROM engine.current_execution USING l WHERE run_key = $2),
       e AS (DELETE FROM engine.execution USING l WHERE run_key = $2 RETURNING run_key),
       d AS (INSERT INTO engine.deleted_run AS highest (id, highest_run_key) SELECT 1, run_key FROM e
         ON CONFLICT (id) DO UPDATE SET highest_run_key = greatest(highest.highest_run_key, excluded.highest_run_key))
       SELECT 1 FROM l`,
      [this.epoch, runKey]
    );
    if (held.length === 0) await this.prove();
  }

  async findRun(namespace: string, workflowId: string, runId: string): Promise<StoredRun | null> {
    if (!runId) return this.#currentRuns.ask([namespace, workflowId]);
    const sql = `SELECT ${RUN_COLUMNS} FROM engine.execution WHERE namespace = $1 AND workflow_id = $2 AND run_id = $3`;
    return (await this.#read<StoredRun>('find_run', sql, [namespace, workflowId, runId]))[0] ?? null;
  }

  readonly #currentRuns = new GroupedReads<[namespace: string, workflowId: string], StoredRun>(async (addresses) => {
    const rows = await this.#read<StoredRun & { at: number }>(
      'find_current_runs',
      `SELECT asked.at, ${RUN_COLUMNS} FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (of, id, at)
       JOIN engine.current_execution current ON current.namespace = of AND current.workflow_id = id
       JOIN engine.execution USING (run_key)`,
      [addresses.map(([namespace]) => namespace), addresses.map(([, workflowId]) => workflowId)]
    );
    const found = new Map(rows.map(({ at, ...run }) => [at, run]));
    return addresses.map((_, index) => found.get(index + 1) ?? null);
  });

  async readRun(runKey: RunKey): Promise<StoredRun | null> {
    const sql = `SELECT ${RUN_COLUMNS} FROM engine.execution WHERE run_key = $1`;
    return (await this.#read<StoredRun>('read_run', sql, [runKey]))[0] ?? null;
  }

  readHistory(runKey: RunKey, fromEventId: number, toEventId: number): Promise<HistoryBatch[]> {
    return this.#read<HistoryBatch & pg.QueryResultRow>(
      'read_history',
      `SELECT first_event_id AS "firstEventId", events FROM engine.history
       WHERE run_key = $1 AND first_event_id < $3 AND first_event_id >= coalesce(
         (SELECT max(first_event_id) FROM engine.history WHERE run_key = $1 AND first_event_id <= $2), 1)
       ORDER BY first_event_id`,
      [runKey, fromEventId, toEventId]
    );
  }

  due(horizon: TimestampMs, limit: number, except: ReadonlySet<RunKey>): Promise<StoredRun[]> {
    return this.#read<StoredRun & pg.QueryResultRow>(
      'due',
      `SELECT ${RUN_COLUMNS} FROM engine.execution WHERE wake_at <= $1 AND run_key <> ALL ($3::bigint[])
       ORDER BY wake_at, run_key LIMIT $2`,
      [horizon, limit, [...except]]
    );
  }

  async nextWake(horizon: TimestampMs): Promise<TimestampMs | null> {
    const sql = 'SELECT min(wake_at) AS min FROM engine.execution WHERE wake_at > $1';
    return (await this.#read<{ min: number | null }>('next_wake', sql, [horizon]))[0]?.min ?? null;
  }

  async list(query: ListQuery): Promise<VisibilityRecord[]> {
    const ask = (statement: pg.QueryConfig) => this.#look<VisibilityRecord & pg.QueryResultRow>(statement);
    const near = nearStatement(query);
    const found = near ? await ask(near) : [];
    return near && found.length === query.limit ? found : ask(listStatement(query));
  }

  closed(query: ClosedQuery): Promise<VisibilityRecord[]> {
    const { text, values = [] } = closedStatement(query);
    return this.#read<VisibilityRecord & pg.QueryResultRow>('closed', text, values as unknown[]);
  }

  closedTypes(namespace: string): Promise<{ workflowType: string; firstClose: TimestampMs }[]> {
    const { text, values = [] } = closedTypesStatement(namespace);
    return this.#read<{ workflowType: string; firstClose: TimestampMs }>('closed_types', text, values as unknown[]);
  }

  async count(
    namespace: string,
    filter: Filter | null,
    groupBy: string | null
  ): Promise<{ key: SearchAttributeValue[]; count: number }[]> {
    const statement = countStatement(namespace, filter, groupBy);
    const rows = await this.#look<{ key: SearchAttributeValue | null; count: number }>(statement);
    return rows.map((row) => ({
      key: row.key === null || groupBy === null ? [] : [groupValue(groupBy, row.key)],
      count: row.count,
    }));
  }

  attention(query: AttentionQuery): Promise<AttentionGroup[]> {
    return this.#look<AttentionGroup & pg.QueryResultRow>({ name: 'attention', ...attentionStatement(query) });
  }

  async addStepTimes(rows: readonly StepTimeRow[]): Promise<void> {
    const { text, values = [] } = addStepTimesStatement(this.epoch, rows);
    const [done] = await this.#read<{ held: number }>('step_times_add', text, values as unknown[]);
    if (!done?.held) await this.prove();
  }
  async removeStepTimes(before: TimestampMs): Promise<void> {
    await this.#read('', 'DELETE FROM engine.step_time WHERE minute < $1', [before]);
  }
  async countEnded(query: EndedQuery): Promise<EndedCell[]> {
    const cells = await this.#look<EndedCell & pg.QueryResultRow>(endedStatement(query));
    if (cells.length > MOST_ENDED_CELLS) throw new StoreTooSlowError('There are too many of them to count.');
    return cells;
  }

  async changes(query: ChangeQuery): Promise<ChangePage> {
    const settled = await this.#settled();
    const { text, values = [] } = changesStatement(query, settled);
    const rows = await this.#read<ChangeRow & pg.QueryResultRow>('changes', text, values as unknown[]);
    // After the changes: whatever is missing from them was removed by then.
    const [removed = null] = await this.#read<ChangePosition & pg.QueryResultRow>('changes_removed', REMOVED, []);
    return pageOf(rows, query, settled, removed);
  }

  async changesSince(time: TimestampMs | null): Promise<ChangePosition> {
    const settled = await this.#settled();
    if (time === null) return settled;
    const [first] = await this.#read<ChangePosition & pg.QueryResultRow>('changes_since', SINCE, [time]);
    return first && comparePositions(first, settled) < 0 ? first : settled;
  }

  async #settled(): Promise<ChangePosition> {
    const { broken } = this.#numbers;
    if (broken.length > 0) {
      const there = await this.#read<{ pid: number }>('', END_BROKEN, [broken, this.commits.options.application_name]);
      this.#numbers.ended(broken.filter((connection) => !there.some(({ pid }) => pid === connection)));
    }
    return this.#numbers.settled;
  }

  async removeChanges(before: TimestampMs, limit: number): Promise<number> {
    const [done] = await this.#read<{ removed: number }>('changes_remove', REMOVE, [this.epoch, before, limit]);
    if (!done) await this.prove();
    return done?.removed ?? 0;
  }

  async readTime(): Promise<EngineTime | null> {
    const sql = 'SELECT boot, uptime_ms AS "uptimeMs", now_ms AS "nowMs", latest_ms AS "latestMs" FROM engine.lease';
    const row = (await this.#read<Nullable<EngineTime>>('', sql, []))[0];
    if (!row) return null;
    const { boot, uptimeMs, nowMs, latestMs } = row;
    if (boot === null || uptimeMs === null || nowMs === null || latestMs === null) return null;
    return { boot, uptimeMs, nowMs, latestMs };
  }

  async writeTime({ boot, uptimeMs, nowMs, latestMs }: EngineTime): Promise<void> {
    const sql = 'UPDATE engine.lease SET boot = $2, uptime_ms = $3, now_ms = $4, latest_ms = $5 WHERE epoch = $1';
    await this.#read('', sql, [this.epoch, boot, uptimeMs, nowMs, latestMs]);
  }

  readNamespaces(): Promise<NamespaceRecord[]> {
    return this.#read<NamespaceRecord & pg.QueryResultRow>(
      '',
      `SELECT name, id, description, retention_days AS "retentionDays", search_attributes AS "searchAttributes",
        owner_email AS "ownerEmail", data,
        retention_enforced AS "retentionEnforced", deprecated AS "isDeprecated", remove_at AS "removeAt" FROM engine.namespace ORDER BY name`,
      []
    );
  }

  waiting(): Promise<WaitingEngine[]> {
    return this.#read<WaitingEngine & pg.QueryResultRow>('waiting', WAITING, [LIVENESS_LOCK, NAMED]);
  }

  async countRuns(): Promise<RunCounts> {
    const client = this.connect();
    client.on('error', () => {});
    try {
      return await this.#ask(async () => {
        await client.connect();
        // A measurement of which nobody waits for longer.
        await client.query(`SET statement_timeout = ${COUNT_RUNS_MS}`);
        return runCountsOf((await client.query<RunCountRow>(COUNT_RUNS)).rows);
      });
    } catch (error) {
      throw storeError(error);
    } finally {
      client.end().catch(() => {});
    }
  }

  indexAttributes(attributes: readonly (readonly [string, number])[]): Promise<void> {
    return this.indexes.make(attributes);
  }

  async writeNamespace(record: NamespaceRecord): Promise<void> {
    const written = await this.#read(
      '',
      `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE)
       INSERT INTO engine.namespace (name, id, description, retention_days, search_attributes, owner_email, data,
         retention_enforced, deprecated, remove_at)
       SELECT $2, $3, $4, $5, $6::jsonb, $7, $8::jsonb, $9, $10, $11 FROM l
       ON CONFLICT (name) DO UPDATE SET description = excluded.description, retention_days = excluded.retention_days,
         search_attributes = excluded.search_attributes, owner_email = excluded.owner_email, data = excluded.data,
         retention_enforced = excluded.retention_enforced, deprecated = excluded.deprecated,
         remove_at = excluded.remove_at
       RETURNING name`,
      [
        this.epoch,
        record.name,
        record.id,
        record.description,
        record.retentionDays,
        JSON.stringify(record.searchAttributes),
        record.ownerEmail,
        JSON.stringify(record.data),
        record.retentionEnforced,
        record.isDeprecated,
        record.removeAt,
      ]
    );
    if (written.length === 0) await this.prove();
  }

  async deleteNamespace(name: string): Promise<void> {
    const held = await this.#read(
      '',
      `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE),
       r AS (DELETE FROM engine.batch_result USING l WHERE namespace = $2),
       b AS (DELETE FROM engine.batch USING l WHERE namespace = $2),
       n AS (DELETE FROM engine.namespace USING l WHERE name = $2)
       SELECT 1 FROM l`,
      [this.epoch, name]
    );
    if (held.length === 0) await this.prove();
  }

  readBatches(): Promise<StoredBatch[]> {
    return this.#read<StoredBatch & pg.QueryResultRow>(
      'read_batches',
      `SELECT namespace, job_id AS "jobId", start_time AS "startTime", close_time AS "closeTime", request, progress
       FROM engine.batch ORDER BY start_time DESC, job_id`,
      []
    );
  }

  async writeBatch(
    { namespace, jobId, startTime, closeTime, request, progress }: StoredBatch,
    results: readonly BatchResult[] = []
  ): Promise<void> {
    const column = <K extends keyof BatchResult>(name: K) => results.map((result) => result[name]);
    const written = await this.#read(
      'write_batch',
      `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE),
       r AS (
         INSERT INTO engine.batch_result (namespace, job_id, number, workflow_id, run_id, outcome, problem, at)
         SELECT $2, $3, u.* FROM l, unnest($8::int[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[]) u
         ON CONFLICT DO NOTHING)
       INSERT INTO engine.batch (namespace, job_id, start_time, close_time, request, progress)
       SELECT $2, $3, $4, $5, $6, $7::jsonb FROM l
       ON CONFLICT (namespace, job_id) DO UPDATE SET close_time = excluded.close_time, progress = excluded.progress
       RETURNING job_id`,
      [
        this.epoch,
        namespace,
        jobId,
        startTime,
        closeTime,
        request,
        JSON.stringify(progress),
        column('number'),
        column('workflowId'),
        column('runId'),
        column('outcome'),
        column('problem'),
        column('at'),
      ]
    );
    if (written.length === 0) await this.prove();
  }

  readBatchResults({ namespace, jobId, outcome, after, limit }: BatchResultsQuery): Promise<BatchResult[]> {
    const isAsked = outcome === null ? '' : 'AND outcome = $5';
    return this.#read<BatchResult & pg.QueryResultRow>(
      '',
      `SELECT number, workflow_id AS "workflowId", run_id AS "runId", outcome, problem, at
       FROM engine.batch_result WHERE namespace = $1 AND job_id = $2 AND number > $3 ${isAsked}
       ORDER BY number LIMIT $4`,
      [namespace, jobId, after, limit, ...(outcome === null ? [] : [outcome])]
    );
  }

  async deleteBatchResults(closedBefore: TimestampMs): Promise<void> {
    const held = await this.#read(
      'delete_batch_results',
      `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE),
       r AS (
         DELETE FROM engine.batch_result r USING l, engine.batch b
         WHERE r.namespace = b.namespace AND r.job_id = b.job_id AND b.close_time < $2)
       SELECT 1 FROM l`,
      [this.epoch, closedBefore]
    );
    if (held.length === 0) await this.prove();
  }

  readSchedules(only?: ScheduleAddress): Promise<StoredSchedule[]> {
    const columns = 'SELECT namespace, schedule_id AS "scheduleId", state FROM engine.schedule';
    if (!only) return this.#read<StoredSchedule & pg.QueryResultRow>('read_schedules', columns, []);
    return this.#read<StoredSchedule & pg.QueryResultRow>(
      'read_schedule',
      `${columns} WHERE namespace = $1 AND schedule_id = $2`,
      [only.namespace, only.scheduleId]
    );
  }

  async writeSchedule({ namespace, scheduleId, state }: StoredSchedule): Promise<void> {
    const written = await this.#read(
      'write_schedule',
      `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE)
       INSERT INTO engine.schedule (namespace, schedule_id, state) SELECT $2, $3, $4 FROM l
       ON CONFLICT (namespace, schedule_id) DO UPDATE SET state = excluded.state RETURNING schedule_id`,
      [this.epoch, namespace, scheduleId, state]
    );
    if (written.length === 0) await this.prove();
  }

  async deleteSchedule({ namespace, scheduleId }: ScheduleAddress): Promise<void> {
    const held = await this.#read(
      'delete_schedule',
      `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE),
       s AS (DELETE FROM engine.schedule USING l WHERE namespace = $2 AND schedule_id = $3)
       SELECT 1 FROM l`,
      [this.epoch, namespace, scheduleId]
    );
    if (held.length === 0) await this.prove();
  }

  async release(): Promise<void> {
    this.#beating.stop();
    this.indexes.close();
    const pools = [this.commits, this.reads, this.visibility].map((pool) => pool.end());
    await Promise.allSettled([...pools, this.liveness.end()]);
  }
}
