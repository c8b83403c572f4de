/**
 * The breaks, and the checks of their effect: each break leaves the product running again, and returns the problems
 * that it found.
 */
import { Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { EMBEDDED_QUEUE } from '../service/start-engine';
import { commitsOf } from './audit';
import { grpcErrorOf, type Calls } from './calls';
import type { Cluster, Engine } from './cluster';
import type { Break } from './plan';
import { GaveUp, until } from './waiting';

const LIMIT_MS = 30_000;
/** The number of writes of the new engine before the old one continues, if there is so much to write. */
const COMMITS_AHEAD = 5;
/** If nothing is acknowledged for this time, the engine is killed in the state that it has. */
const PROMISE_LIMIT_MS = 3_000;
const AHEAD_LIMIT_MS = 1_500;

export async function perform(cluster: Cluster, next: Break, calls: Calls, workflowType: string): Promise<string[]> {
  switch (next.kind) {
    case 'killEngine':
      if (next.onPromise) await calls.nextPromise(PROMISE_LIMIT_MS);
      await cluster.leader.process.signal('SIGKILL');
      await cluster.startLeaderAgain();
      return [];
    case 'killPostgres':
      await cluster.killPostgres(next.signal);
      await cluster.startPostgres();
      return [];
    case 'takeover':
      return takeOver(cluster, workflowType);
  }
}

/**
 * The engine that leads is stopped. The database gives up on its lease connection, of which the engine hears nothing;
 * another engine takes over and writes. Then the old one continues, receives a start request, and acts as if it still
 * had the lease.
 */
async function takeOver(cluster: Cluster, workflowType: string): Promise<string[]> {
  const found: string[] = [];
  const stale = cluster.leader;
  const next = await cluster.startEngine();
  await until(LIMIT_MS, 'the next engine to wait for the lease', () => waitsForLease(cluster, next));

  const visitor = await Connection.connect({
    address: cluster.door.address,
    metadata: { authorization: `Bearer ${cluster.key}` },
    interceptors: [],
  });
  const epoch = await epochNow(cluster);
  await stale.process.signal('SIGSTOP');
  const workflowId = `asked-of-epoch-${epoch}`;
  const answer = visitor
    .withDeadline(Date.now() + 4 * LIMIT_MS, () =>
      visitor.workflowService.startWorkflowExecution({
        namespace: 'default',
        workflowId,
        requestId: workflowId,
        workflowType: { name: workflowType },
        taskQueue: { name: EMBEDDED_QUEUE },
        input: { payloads: [defaultPayloadConverter.toPayload({})] },
      })
    )
    .then(
      () => 'acknowledged',
      (error: unknown) => grpcErrorOf(error)?.message ?? String(error)
    );

  stale.link.keepQuiet();
  await cluster.pool.query(
    `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'backstitch engine %'`
  );
  await cluster.takesOver(next);
  const ahead = async () => (await commitsOf(cluster.pool, epoch + 1)) >= COMMITS_AHEAD;
  await until(AHEAD_LIMIT_MS, 'the next engine to be ahead', ahead).catch((error: unknown) => {
    if (!(error instanceof GaveUp)) throw error; // all runs may be waiting
  });
  stale.link.speakAgain();
  await stale.process.signal('SIGCONT');

  if ((await answer) === 'acknowledged') found.push(`the stale engine acknowledged the start of ${workflowId}`);
  const noticed = async () => (await stale.process.said()).includes('the lease is lost');
  await until(LIMIT_MS, 'the stale engine to notice', noticed).catch(() =>
    found.push(`the stale engine of epoch ${epoch} never noticed that its lease was gone`)
  );
  await visitor.close();
  const code = await stale.process.stop();
  if (code !== 0) found.push(`the stale engine of epoch ${epoch} did not stop cleanly (exit ${code})`);
  cluster.forget(stale);
  return found;
}

async function waitsForLease({ pool }: Cluster, { process }: Engine): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE '%/' || $1::text AND wait_event_type = 'Lock'`,
    [String(process.pid)]
  );
  return Boolean(rowCount);
}

async function epochNow({ pool }: Cluster): Promise<number> {
  const { rows } = await pool.query<{ epoch: string }>('SELECT epoch FROM engine.lease');
  return Number(rows[0]?.epoch);
}
