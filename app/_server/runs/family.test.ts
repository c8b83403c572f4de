/**
 * Runs and their children, on the door of the web.
 *
 * Rules
 * [FAM1] Whoever starts a flow needs the right to start every flow that its children run; otherwise nothing is started.
 * [FAM2] The tree of runs is the same from each of them, and a run of a flow that a person may not see has no details.
 * [FAM3] The page of a child shows what its parent did with what the child handed over, and such an effect is settled at
 *        the parent only.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '@/app/_contract/routes';
import type { RunDetail, RunFamily } from '@/app/_contract/runs';
import { project } from '@/engine/run-view/project';
import type { Actor } from '../people/actor';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';
import { getFamily } from './family';
import { startRun } from './start';

const once = { startToCloseTimeout: '5s', retry: { maximumAttempts: 1 } };
const input = { type: 'object', properties: {} } as const;
/** Takes money, and gives it back. */
const PAY = {
  format: 2,
  name: 'pay',
  title: 'Pay',
  input,
  steps: [
    {
      id: 'take',
      kind: 'action',
      title: 'Take the money',
      activity: 'http.request',
      effect: 'reversible',
      lateCalls: 'refused',
      input: { method: 'POST', connection: 'till', path: '/take', body: 1 },
      undo: {
        title: 'Give it back',
        activity: 'http.request',
        input: { method: 'POST', connection: 'till', path: '/give-back' },
        options: once,
      },
      unknown: { policy: 'ask' },
      options: once,
    },
  ],
};
const SHOP = {
  format: 2,
  name: 'shop',
  title: 'Shop',
  input,
  signals: { go: { title: 'Go on', schema: { type: 'object' } } },
  steps: [
    { id: 'pay', kind: 'child', title: 'Pay', flow: 'pay', input: {} },
    { id: 'wait', kind: 'waitForSignal', title: 'Wait', signal: 'go' },
    { id: 'fail', kind: 'fail', title: 'Fail', errorType: 'Wrong', message: 'wrong' },
  ],
};

let world: World;
let designer: Visitor;
beforeAll(async () => {
  world = await startWorld();
  designer = await world.as('designer');
  for (const document of [PAY, SHOP]) await must(designer.post(routes.publish(), { document }));
}, 120_000);
afterAll(() => world.close());

const actor = (...flows: (string | null)[]): Actor =>
  ({
    id: 'p',
    name: 'Pat',
    email: 'pat@example.com',
    grants: flows.map((flow) => ({ role: 'operator', flow })),
    groups: [],
    via: 'session',
    from: null,
  }) as unknown as Actor;

test('[FAM1] [FAM2] [FAM3] a child is started for who may start it, and its parent decides on its effect', async () => {
  const request = () => ({ requestId: randomUUID(), input: {} });
  const before = await world.web.temporal.workflow.count();
  await expect(startRun(world.web, actor('shop'), 'shop', request())).rejects.toMatchObject({ code: 'notAllowed' });
  expect((await world.web.temporal.workflow.count()).count).toBe(before.count);

  const { workflowId, runId } = await startRun(world.web, actor('shop', 'pay'), 'shop', request());
  const operator = await world.as('operator');
  const familyOf = async (run: { workflowId: string; runId: string }) =>
    (await must(operator.get<RunFamily>(routes.family(run.workflowId, run.runId)))).body;
  await eventually(async () =>
    expect((await familyOf({ workflowId, runId })).root.children[0]?.summary?.status).toBe('completed')
  );
  const family = await familyOf({ workflowId, runId });
  const child = family.root.children[0]!;
  expect(child).toMatchObject({
    workflowId: `${workflowId}/pay`,
    stepId: 'pay',
    title: 'Pay',
    summary: { flow: 'pay' },
  });
  expect((await familyOf(child)).root).toMatchObject({ runId, children: [{ runId: child.runId }] });
  const seen = await getFamily(world.web, actor('shop'), { workflowId, runId });
  expect(seen.root.children).toMatchObject([{ runId: child.runId, summary: null }]);

  const detailOf = async (run: { workflowId: string; runId: string }) =>
    (await must(operator.get<RunDetail>(routes.run(run.workflowId, run.runId)))).body;
  const ledgerOf = async (run: { workflowId: string; runId: string }) => {
    const { live, settlements, handedOver, manifest } = await detailOf(run);
    const { ledger } = project({ ...live, settlements, handedOver, nowMs: 0 }, manifest!);
    return ledger.entries.flatMap(({ activityId, state }) => (state === 'notArmed' ? [] : [[activityId, state]]));
  };
  expect(await ledgerOf(child)).toEqual([['take', 'standing']]);
  expect(await detailOf(child)).toMatchObject({ parent: { workflowId, runId }, handedOver: { by: { workflowId } } });
  const said = { requestId: randomUUID(), activityId: 'take', found: 'undone', reason: 'seen' };
  const refused = await operator.post(routes.settle(child.workflowId, child.runId), said);
  expect(refused.error?.message).toContain(`handed over to '${workflowId}'`);

  await world.web.temporal.workflow.getHandle(workflowId, runId).signal('go', {});
  // The till gives nothing back, so the parent's run asks.
  await eventually(async () => expect((await detailOf({ workflowId, runId })).summary.phase).toBe('needs-hand'));
  expect(await ledgerOf(child)).toEqual([['take', 'undoFailed']]);
  const decided = { requestId: randomUUID(), nodeId: 'pay/take', choice: 'doneByHand', reason: 'given back' };
  await must(operator.post(routes.decideUndo(workflowId, runId), decided));
  await eventually(async () => expect((await detailOf({ workflowId, runId })).summary.status).toBe('failed'));
  expect(await ledgerOf({ workflowId, runId })).toEqual([['pay/take', 'doneByHand']]);
  expect(await ledgerOf(child)).toEqual([['take', 'doneByHand']]);
});
