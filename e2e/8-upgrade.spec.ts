/**
 * The product starts on the database that a killed earlier release left: it shows every run, finishes every open one,
 * and the service receives the keys that the release would have sent. The data and how it was made: engine/released.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InboxTask, InboxTaskDetail } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import type { RunDetail } from '../app/_contract/runs';
import { startPostgres, type PostgresServer } from '../engine/launcher/postgres';
import { openLab, type Lab } from '../engine/released/lab';
import {
  readReleased,
  RELEASED,
  restoreReleased,
  restoreReleasedKeys,
  type ReleasedData,
  type ReleasedRun,
} from '../engine/released/released';
import { expect, test, type Api } from './product/journey';
import { startProduct, type Product } from './product/product';
import { RunScreen } from './product/run-screen';

for (const revision of RELEASED) {
  test.describe(`from ${revision}`, () => {
    let folder: string;
    let postgres: PostgresServer;
    let lab: Lab;
    let product: Product | undefined;
    let data: ReleasedData;
    const run = (name: string): ReleasedRun => {
      const found = data.runs.find((each) => each.name === name);
      if (!found) throw new Error(`the release has no run '${name}'`);
      return found;
    };
    const become = async (api: Api, name: string, status: string, left: number | null = null) => {
      const read = async () => {
        const { summary } = await api.run(run(name));
        return [summary.status, left === null ? null : summary.standing];
      };
      await expect.poll(read, { message: name, timeout: 60_000 }).toEqual([status, left]);
    };
    const decide = { requestId: crypto.randomUUID(), reason: 'Decided after the upgrade.' };
    const at = (name: string) => [run(name).workflowId, run(name).runId] as const;

    test.beforeAll(async () => {
      test.setTimeout(300_000);
      data = await readReleased(revision);
      folder = await mkdtemp(path.join(tmpdir(), 'backstitch-journey-pg-'));
      await chmod(folder, 0o755);
      postgres = await startPostgres({ dataDir: path.join(folder, 'pg') });
      await restoreReleased(postgres.url, data);
      lab = await openLab('mended');
      product = await startProduct({
        prepare: (dataDir) => restoreReleasedKeys(revision, dataDir),
        env: { DATABASE_URL: postgres.url, BACKSTITCH_CONNECTIONS: `lab=${lab.url}` },
      });
    });
    test.afterAll(async () => {
      await product?.remove();
      await lab?.close();
      await postgres?.stop();
      await rm(folder, { recursive: true, force: true });
    });
    test.use({ baseURL: async ({}, use) => use(product?.url) });

    test('every run is shown, and closed runs are unchanged', async ({ desk, api }) => {
      const expected: Record<string, string> = {
        'order: goes-well': 'completed',
        'order: card-declined': 'failed',
        'order: shipment-down': 'failed',
        'broken-left': 'failed',
        'broken-killed': 'terminated',
        timer: 'canceled',
        'timed-out': 'timedOut',
        'unknown-applied': 'completed',
      };
      for (const { name, workflowId, runId } of data.runs) {
        const detail = await api.get<RunDetail>(routes.run(workflowId, runId));
        if (expected[name]) expect(detail.summary.status, name).toBe(expected[name]);
      }
      for (const name of ['order: shipment-down', 'broken-killed', 'unknown']) {
        await desk.goto(pages.run(...at(name)));
        await expect(new RunScreen(desk).card(name.startsWith('order') ? 'Charge payment' : 'Reserve')).toBeVisible();
      }
      await desk.goto(pages.flow('kept'));
      await expect(desk.getByRole('heading', { name: 'Every kind of waiting' })).toBeVisible();
    });

    test('every open run continues where it was, and closes', async ({ api }) => {
      // Without a person: a due retry, an attempt and an undo that were running at the kill, and a timer.
      await become(api, 'retry', 'completed');
      await become(api, 'short-timer', 'completed');
      await become(api, 'in-flight', 'completed');
      await become(api, 'broken-unwinding', 'failed', 0);

      // After an action by a person.
      await api.post(routes.signal(...at('signal')), { ...decide, name: 'go', input: { by: 'Ada' } });
      await api.post(routes.signal(...at('parallel')), { ...decide, name: 'go', input: { by: 'Ada' } });
      await api.post(routes.update(...at('approval')), { ...decide, name: 'changeNote', input: { note: 'new' } });
      const { tasks } = await api.get<{ tasks: InboxTask[] }>(routes.inbox());
      for (const [name, decision] of [['approval', 'approve'] as const, ['order: large-order', 'reject'] as const]) {
        // An order waits for at most seven days; after that its own timeout has rejected it.
        const task = tasks.find(({ workflowId }) => workflowId === run(name).workflowId);
        if (!task && name !== 'approval') continue;
        const { task: shown } = await api.get<InboxTaskDetail>(routes.task(task?.taskId ?? ''));
        const { dataHash } = shown;
        const comment = 'After the upgrade.';
        const decisionId = crypto.randomUUID();
        await api.post(routes.decideTask(shown.taskId), { decisionId, decision, comment, dataHash });
      }
      const unknown = { ...decide, nodeId: 'pay', choice: 'undo' };
      await api.post(routes.decideOutcome(...at('unknown')), unknown);
      await api.post(routes.decideUndo(...at('broken-asks')), { ...decide, nodeId: 'reserve', choice: 'retry' });
      const byHand = { ...decide, nodeId: 'charge-payment', choice: 'doneByHand' };
      await api.post(routes.decideUndo(...at('order: refund-fails')), byHand);
      await api.post(routes.cancel(...at('years')), decide);

      await become(api, 'signal', 'completed');
      await become(api, 'parallel', 'completed');
      await become(api, 'approval', 'completed');
      await become(api, 'unknown', 'failed', 0);
      await become(api, 'broken-asks', 'failed', 0);
      await become(api, 'order: refund-fails', 'failed', 0);
      await become(api, 'order: large-order', 'failed', 0);
      await become(api, 'years', 'canceled', 0);
    });

    test('services receive the keys that the old release had stored, and its secret still works', () => {
      const before = (route: string, way: string) => data.calls.find((call) => call.path === route && call.way === way);
      const after = (route: string, way: string) => lab.calls.filter((call) => call.path === route && call.way === way);
      const [again, ...more] = after('/do/slow', 'in-flight');
      expect(more).toEqual([]);
      expect(again?.key).toBe(before('/do/slow', 'in-flight')?.key);
      const [undo] = after('/undo/reserve', 'broken-unwinding');
      expect(undo).toMatchObject({
        key: before('/undo/reserve', 'broken-unwinding')?.key,
        forwardKey: before('/do/reserve?way=broken-unwinding', 'broken-unwinding')?.key,
        // Placeholders in a document of format 1 are replaced, as in the release.
        body: { forward: before('/do/reserve?way=broken-unwinding', 'broken-unwinding')?.key },
      });
      expect(after('/undo/pay', 'unknown')).toHaveLength(1);
      expect(after('/do/finish', 'signal')[0]?.authorization).toBe('Bearer kept from the release');
    });
  });
}
