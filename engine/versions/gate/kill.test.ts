/**
 * [GK] The engine is killed at each commit around the switch of a run, with the real database: before the commit is
 * stored and after it. The next engine finishes the run, on a revision on which its whole history replays.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { localCaller } from '../../permissions/caller';
import type { temporal } from '../../proto';
import type { EngineRole } from '../../service/start-engine';
import { startTestEngine } from '../../service/testing/test-engine';
import { StoreUnavailableError, type LeasedStore, type Store } from '../../store/port';
import { PostgresStore } from '../../store/postgres/store';
import { createTestDatabase, type TestDatabase } from '../../store/postgres/testing/database';
import { ActivityExecutor } from '../../worker/activities/executor';
import { bundleWorkflows, type WorkflowBundle } from '../../worker/bundle/bundle';
import { createEmbeddedWorker, type BundleSource, type EmbeddedWorker } from '../../worker/embedded-worker';
import { replayHistory } from '../../worker/replay';

// Two revisions made them: each is replayed below, on the revision that decided its last task.
provesHistories('scripted');

const FIRST = `import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
const { work } = proxyActivities<{ work(name: string): Promise<string> }>({ startToCloseTimeout: '10s' });
export async function order(): Promise<string> {
  let goes = 0;
  setHandler(defineSignal('go'), () => void (goes += 1));
  await work('reserve');
  await condition(() => goes > 0);
  await work('charge');
  await work('send');
  return 'first';
}
`;
const SOURCES = { 'v1.0': FIRST, 'v1.1': FIRST.replace("'first'", "'fixed'") };
/** The commits from the signal to the end of the run, and one more that does not come. */
const COMMITS = 5;

const bundles = new Map<string, WorkflowBundle>();
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  for (const [revision, text] of Object.entries(SOURCES))
    bundles.set(revision, await bundleWorkflows({ entry: 'order.ts', modules: { 'order.ts': text }, revision }));
}, 120_000);
afterAll(() => database.drop());

/** A store whose process dies at a commit: nothing that comes after it has an effect. */
class Dying implements Store {
  /** Commits until the death; null: it lives. */
  left: number | null = null;
  dead = false;
  readonly #inner: Store;
  constructor(
    url: string,
    private readonly isStored: boolean
  ) {
    this.#inner = new PostgresStore({ url });
  }
  async acquire(holder: string): Promise<LeasedStore> {
    const lease = await this.#inner.acquire(holder);
    const commit: LeasedStore['commit'] = async (runs) => {
      const dies = this.left !== null && this.left-- === 0;
      if (this.dead || dies) {
        if (!this.dead && this.isStored) await lease.commit(runs);
        this.dead = true;
        throw new StoreUnavailableError('the process was killed');
      }
      return lease.commit(runs);
    };
    return new Proxy(lease, {
      get: (target, name) => {
        if (name === 'commit') return commit;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
  close(): Promise<void> {
    return this.#inner.close();
  }
}

interface Process {
  role: EngineRole;
  worker: EmbeddedWorker;
  live: string;
  end(): Promise<void>;
}
async function startProcess(store: Store, live: string): Promise<Process> {
  const source: BundleSource = {
    find: (_type, revision) => bundles.get(revision === '' ? 'v1.0' : (revision ?? running.live)),
    onChange: () => () => {},
  };
  const worker = createEmbeddedWorker({ bundles: source });
  const activityWorker = new ActivityExecutor({ activities: { work: (name: string) => name } });
  const role = await startTestEngine({ store, workflowWorker: worker, activityWorker });
  const running: Process = {
    role,
    worker,
    live,
    async end() {
      await role.stop();
      await worker.close();
      await store.close();
    },
  };
  return running;
}
const caller = localCaller();
const call = <T>({ role }: Process, method: string, request: object): Promise<T> =>
  role.service.call(method, { namespace: 'default', ...request }, caller) as Promise<T>;
const historyOf = async (running: Process, workflowId: string) => {
  const request = { execution: { workflowId }, maximumPageSize: 1_000 };
  type History = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;
  return (await call<History>(running, 'GetWorkflowExecutionHistory', request)).history?.events ?? [];
};
async function until<T>(read: () => Promise<T | null>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const found = await read().catch((error: unknown) => {
      if (attempt > 1_000) throw error;
      return null;
    });
    if (found !== null) return found;
    if (attempt > 1_000) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const cases = [false, true].flatMap((isStored) =>
  Array.from({ length: COMMITS }, (_, commit): [commit: number, isStored: boolean] => [commit, isStored])
);
test.each(cases)(
  '[GK1] commit %i, stored: %s',
  async (commit, isStored) => {
    const workflowId = `order-${commit}-${String(isStored)}`;
    const store = new Dying(database.url, isStored);
    const first = await startProcess(store, 'v1.0');
    await call(first, 'StartWorkflowExecution', {
      workflowId,
      requestId: workflowId,
      workflowType: { name: 'order' },
      taskQueue: { name: 'backstitch' },
    });
    // It waits for the signal: its first step is done, and its task has come back.
    await until(async () => {
      const events = await historyOf(first, workflowId);
      const tasks = events.filter((event) => event.workflowTaskCompletedEventAttributes).length;
      return tasks === 2 ? events : null;
    });
    first.live = 'v1.1';
    store.left = commit;
    const go = { workflowExecution: { workflowId }, signalName: 'go', requestId: `go-${workflowId}` };
    await call(first, 'SignalWorkflowExecution', go).catch(() => {});
    await until(async () => {
      if (store.dead) return true;
      const events = await historyOf(first, workflowId);
      return events.some((event) => event.workflowExecutionCompletedEventAttributes) ? true : null;
    });
    await first.end();

    const second = await startProcess(new PostgresStore({ url: database.url }), 'v1.1');
    // The sender of the signal has no answer, so it sends it again, until there is one.
    await until(() =>
      call(second, 'SignalWorkflowExecution', go).then(
        () => true,
        (error: Error) => {
          if (/completed/.test(error.message)) return true;
          throw error;
        }
      )
    );
    const events = await until(async () => {
      const found = await historyOf(second, workflowId);
      return found.some((event) => event.workflowExecutionCompletedEventAttributes) ? found : null;
    });
    await second.end();
    const revisions = events.flatMap(({ workflowTaskCompletedEventAttributes: done }) =>
      done ? [done.workerVersion?.buildId ?? ''] : []
    );
    expect(events.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
    // It switched once, and never went back.
    expect(revisions.join(' ')).toMatch(/^v1\.0 v1\.0( v1\.1)+$/);
    const last = bundles.get(revisions.at(-1) ?? '');
    if (!last) throw new Error('the last task names no revision');
    await replayHistory(last, { events });
  },
  60_000
);
