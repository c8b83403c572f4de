/**
 * [O] Every operation asks who calls and leaves an audit entry. The routes are read off the disk: one without a line in this table
 * fails the first test.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InboxList } from '@/app/_contract/inbox';
import { MAY, ROLES, type Permission, type Role } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import type { RunAddress } from './runs/address';
import { METHODS, readRoutes } from './testing/routes';
import { TILL_FLOW } from './testing/till';
import { eventually, INTERNAL_TOKEN, PASSWORD, startWorld, Visitor, type Answer, type World } from './testing/world';

interface Line {
  /** Who may: those whose role has this permission; the worker, by its token; anybody. */
  who: Permission | 'anySession' | 'worker' | 'anybody';
  /** The operation that the audit trail names; null for what changes nothing. */
  audit: string | null;
  /** Sends a valid request. Makes what it needs first, as an admin. */
  call: (visitor: Visitor, world: World) => Promise<Answer>;
  /** What else than 200 it answers to who may. */
  status?: number;
}

const requestId = () => randomUUID();
const onRun =
  (
    body: (visitor: Visitor) => [url: (workflowId: string, runId: string) => string, body: object],
    input: Parameters<World['startTill']>[0] = {},
    prepare: (run: RunAddress, world: World) => Promise<unknown> = async () => {}
  ): Line['call'] =>
  async (visitor, world) => {
    const run = await world.startTill(input);
    await prepare(run, world);
    const [url, sent] = body(visitor);
    return visitor.post(url(run.workflowId, run.runId), sent);
  };
const waitingTask = async (world: World) => {
  const run = await world.startTill({ approve: true });
  const admin = await world.as('admin');
  return eventually(async () => {
    const { tasks } = (await admin.get<InboxList>(to.inbox())).body;
    const task = tasks.find(({ workflowId }) => workflowId === run.workflowId);
    if (!task) throw new Error('the task is not there');
    return task;
  });
};
const taskBody = () => ({
  ...{ namespace: 'default', workflowId: 'w', runId: 'r', workflowType: 'till_v1', taskId: `t-${requestId()}` },
});

const TABLE: Record<string, Line> = {
  'POST /api/auth/[...all]': {
    who: 'anybody',
    audit: 'people.signIn',
    call: (visitor) => visitor.post(to.signIn(), { email: 'viewer@example.test', password: PASSWORD }),
  },
  'POST /api/example': {
    who: 'design',
    audit: 'flows.publish',
    call: (visitor) => visitor.post(to.installExample(), {}),
  },
  'POST /api/first-account': {
    who: 'anybody',
    // Once there is an account it is refused before anything; that it is recorded: people.test.ts.
    audit: null,
    call: (visitor) =>
      visitor.post(to.firstAccount(), { name: 'Ada', email: 'a@example.test', password: 'long enough it is' }),
    status: 403,
  },
  'GET /api/flows': { who: 'read', audit: null, call: (visitor) => visitor.get(to.flows()) },
  'POST /api/flows': {
    who: 'design',
    audit: 'flows.publish',
    call: (visitor) => visitor.post(to.publish(), { document: { ...TILL_FLOW, title: `Till ${requestId()}` } }),
  },
  'GET /api/flows/[flow]': {
    who: 'read',
    audit: null,
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.get(to.flow('till'));
    },
  },
  'POST /api/flows/[flow]/runs': {
    who: 'operate',
    audit: 'runs.start',
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.post(to.startRun('till'), { requestId: requestId(), input: { amount: 5, take: '/take' } });
    },
  },
  'GET /api/health': { who: 'anybody', audit: null, call: (visitor) => visitor.get(to.health()) },
  'GET /api/inbox': { who: 'read', audit: null, call: (visitor) => visitor.get(to.inbox()) },
  'GET /api/inbox/[taskId]': {
    who: 'read',
    audit: null,
    call: async (visitor, world) => visitor.get(to.task((await waitingTask(world)).taskId)),
  },
  'POST /api/inbox/[taskId]/decide': {
    who: 'decide',
    audit: 'inbox.decide',
    call: async (visitor, world) => {
      const { taskId, dataHash } = await waitingTask(world);
      return visitor.post(to.decideTask(taskId), {
        decisionId: requestId(),
        decision: 'approve',
        comment: '',
        dataHash,
      });
    },
  },
  'POST /api/internal/human-tasks/close': {
    who: 'worker',
    audit: null,
    call: (visitor) =>
      visitor.post(to.closeTask(), { ...taskBody(), outcome: 'cancelled', decidedBy: null, comment: null }),
  },
  'POST /api/internal/human-tasks/open': {
    who: 'worker',
    audit: null,
    call: (visitor) =>
      visitor.post(to.openTask(), {
        ...taskBody(),
        ...{
          flow: 'till',
          nodeId: 'approve',
          title: 'Approve',
          question: '?',
          candidates: [],
          requireComment: 'never',
        },
        ...{ data: {}, dataHash: 'h', schema: null, dueAtMs: null },
      }),
  },
  'GET /api/me': { who: 'anySession', audit: null, call: (visitor) => visitor.get(to.me()) },
  'GET /api/runs': { who: 'read', audit: null, call: (visitor) => visitor.get(to.runs()) },
  'GET /api/runs/[workflowId]/[runId]': {
    who: 'read',
    audit: null,
    call: async (visitor, world) => {
      const run = await world.startTill();
      return visitor.get(to.run(run.workflowId, run.runId));
    },
  },
  'POST /api/runs/[workflowId]/[runId]/cancel': {
    who: 'operate',
    audit: 'runs.cancel',
    call: onRun(() => [to.cancel, { requestId: requestId(), reason: 'enough' }]),
  },
  'POST /api/runs/[workflowId]/[runId]/decide-outcome': {
    who: 'operate',
    audit: 'runs.decideOutcome',
    call: onRun(
      () => [to.decideOutcome, { requestId: requestId(), nodeId: 'take', choice: 'notApplied', reason: 'I looked' }],
      { take: '/lose-answer' }
    ),
  },
  'POST /api/runs/[workflowId]/[runId]/decide-undo': {
    who: 'operate',
    audit: 'runs.decideUndo',
    call: onRun(
      () => [to.decideUndo, { requestId: requestId(), nodeId: 'take', choice: 'doneByHand', reason: 'cash' }],
      {},
      async ({ workflowId, runId }, { web }) => {
        const handle = web.temporal.workflow.getHandle(workflowId, runId);
        await handle.signal('finish', { well: false });
        await eventually(async () => {
          const report = await handle.query<{ waitsFor: { kind: string }[] }>('__nodes');
          expect(report.waitsFor).toMatchObject([{ kind: 'undo' }]);
        });
      }
    ),
  },
  'POST /api/runs/[workflowId]/[runId]/query': {
    who: 'read',
    audit: null,
    call: onRun(() => [to.query, { name: 'note' }]),
  },
  'POST /api/runs/[workflowId]/[runId]/signal': {
    who: 'operate',
    audit: 'runs.signal',
    call: onRun(() => [to.signal, { requestId: requestId(), name: 'finish', input: { well: true } }]),
  },
  'POST /api/runs/[workflowId]/[runId]/terminate': {
    who: 'operate',
    audit: 'runs.terminate',
    call: onRun(() => [to.terminate, { reason: 'enough' }]),
  },
  'POST /api/runs/[workflowId]/[runId]/update': {
    who: 'operate',
    audit: 'runs.update',
    call: onRun(() => [to.update, { requestId: requestId(), name: 'changeNote', input: { note: 'fragile' } }]),
  },
  'GET /api/shop/ledger': { who: 'read', audit: null, call: (visitor) => visitor.get(to.shopLedger()), status: 503 },
};

let world: World;
beforeAll(async () => {
  world = await startWorld({ environment: { BACKSTITCH_SHOP: 'off' } });
  // An account exists, so that nobody can make the first one.
  await world.as('viewer');
}, 120_000);
afterAll(() => world.close());

test('[O1] every route on the disk has its line here', async () => {
  const there = (await readRoutes()).flatMap(({ place, handlers }) =>
    METHODS.filter((method) => handlers[method]).map((method) => `${method} ${place}`)
  );
  expect(there.sort()).toEqual(Object.keys(TABLE).sort());
});

const auditRows = (operation: string | null) =>
  world.web.database.auditEntry.findMany({
    where: operation ? { operation } : { operation: { not: 'flows.publish' } },
    orderBy: { at: 'asc' },
  });
const may = (role: Role, who: Line['who']) => who === 'anySession' || MAY[role].includes(who as Permission);

describe.each(Object.entries(TABLE))('%s', (_name, line) => {
  const { who, audit, call, status = 200 } = line;

  if (who !== 'anybody') {
    test('[O2] a stranger is refused, and nothing is done', async () => {
      const answer = await call(world.stranger, world);
      expect(answer).toMatchObject({ status: 401, error: { code: 'notSignedIn' } });
    });
  }

  if (who === 'worker') {
    test('[O3] nobody’s session opens it, the worker’s token does', async () => {
      expect(await call(await world.as('admin'), world)).toMatchObject({ status: 401, error: { code: 'notSignedIn' } });
      const worker = new Visitor(world.origin, { authorization: `Bearer ${INTERNAL_TOKEN}` });
      expect((await call(worker, world)).status).toBe(200);
    });
    return;
  }

  const forbidden = who === 'anybody' ? [] : ROLES.filter((role) => !may(role, who));
  if (forbidden.length > 0) {
    test(`[O4] ${forbidden.join(', ')} may not, and leave no audit entry of a change`, async () => {
      for (const role of forbidden) {
        const visitor = await world.as(role);
        const before = (await auditRows(audit)).filter(({ actorId }) => actorId === visitor.person?.id).length;
        expect(await call(visitor, world)).toMatchObject({ status: 403, error: { code: 'notAllowed' } });
        const after = (await auditRows(audit)).filter(({ actorId }) => actorId === visitor.person?.id).length;
        expect(after).toBe(before);
      }
    });
  }

  const allowed = ROLES.findLast((role) => who === 'anybody' || may(role, who)) ?? 'admin';
  test(`[O5] ${allowed} may${audit ? `, and ${audit} stands in the audit trail` : ''}`, async () => {
    const visitor = await world.as(allowed);
    const ids = new Set((await auditRows(audit)).map(({ id }) => id));
    const answer = await call(visitor, world);
    expect({ status: answer.status, error: answer.error }).toMatchObject({ status });
    const fresh = (await auditRows(audit)).filter(({ id }) => !ids.has(id));
    const own = fresh.filter(({ actorId }) => who === 'anybody' || actorId === visitor.person?.id);
    if (audit === null) return expect(own).toEqual([]);
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ operation: audit, outcome: status === 200 ? 'done' : answer.error?.code });
    expect(own[0]?.target).not.toBe('');
    expect(own[0]?.endedAt).not.toBe(null);
  });
});
