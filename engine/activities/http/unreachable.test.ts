/** A service that is down, in a saga: nothing was sent, so no person is asked and no undo is run. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseFlow } from '../../flow/testing/flow';
import { provesHistories } from '../../history/testing/proof';
import { STATUS } from '../../run-name';
import type { LedgerReport, NodesReport } from '../../saga/contract';
import { interpretPath } from '../../run-view/testing/random-flow';
import { ActivityExecutor } from '../../worker/activities/executor';
import { bundleWorkflows, type WorkflowBundle } from '../../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../../worker/embedded-worker';
import type { ActivityWorker } from '../../worker/port';
import { WorkflowUnderTest } from '../../worker/testing/run-workflow';
import { readActivityConfig } from '../config';
import { activityFunctions } from '../functions';

provesHistories({ workflowsPath: interpretPath });

let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
beforeAll(async () => {
  bundle = await bundleWorkflows({ entry: interpretPath });
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
});
afterAll(() => worker.close());

const request = { method: 'POST', connection: 'service', path: '/payments', body: {} };
const flow = parseFlow({
  format: 1,
  name: 'charge',
  title: 'Charge',
  input: { type: 'object' },
  steps: [
    {
      id: 'charge',
      kind: 'action',
      title: 'Charge',
      activity: 'http.request',
      input: request,
      effect: 'reversible',
      undo: { title: 'Refund', activity: 'http.request', input: request, armed: 'attempted' },
      unknown: { policy: 'ask' },
      options: { retry: { maximumAttempts: 3 } },
    },
  ],
});

async function charge(port: number): Promise<WorkflowUnderTest> {
  const config = readActivityConfig({ BACKSTITCH_CONNECTIONS: `service=http://127.0.0.1:${port}` });
  const executor = new ActivityExecutor({ activities: activityFunctions(config) });
  const underWay = new Set<Promise<unknown>>();
  const activities: ActivityWorker = {
    serves: (type) => executor.serves(type),
    cancel: (token, reason) => executor.cancel(token, reason),
    close: () => executor.close(),
    run: (task, heartbeat) => {
      const attempt = executor.run(task, heartbeat);
      underWay.add(attempt);
      return attempt.finally(() => underWay.delete(attempt));
    },
  };
  const options = { runKey: port, workflowId: `charge-${port}` };
  const run = new WorkflowUnderTest(worker, activities, 'interpret', [flow], options);
  // A real connection takes a moment of real time, during which virtual time does not move.
  const asked = () => run.events.some((event) => event.upsertWorkflowSearchAttributesEventAttributes);
  while (run.state.status === STATUS.running && !asked()) {
    await run.run({ until: () => underWay.size > 0 || asked() });
    await Promise.all(underWay);
  }
  return run;
}
const attemptsOf = (run: WorkflowUnderTest) =>
  run.events.findLast((event) => event.activityTaskStartedEventAttributes)?.activityTaskStartedEventAttributes?.attempt;
const standing = async (run: WorkflowUnderTest) => ((await run.query('__ledger')) as LedgerReport).standing;

it('[HU1] a service that no attempt could reach has no effect: the run fails without asking a person', async () => {
  const run = await charge(1);
  expect([attemptsOf(run), run.state.status, await standing(run)]).toEqual([3, 3, 0]);
  expect(run.events.filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(1);
});

it('[HU2] a service that received one request may have an effect: a person is asked', async () => {
  const server = createServer((_request, response) => {
    response.destroy();
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const run = await charge((server.address() as AddressInfo).port);
  const { waitsFor } = (await run.query('__nodes')) as NodesReport;
  expect([attemptsOf(run), run.state.status, await standing(run)]).toEqual([3, 1, 1]);
  expect(waitsFor).toMatchObject([{ kind: 'outcome', nodeId: 'charge', error: { type: 'Unreachable' } }]);
});
