/**
 * Alerts from end to end: a real PostgreSQL, the real engine in which their flow runs, a real mail server, and real receivers.
 * The rules are in flow.ts, alert-watch.ts, tell.ts, destinations.ts, rules.ts, act.ts and message.ts.
 */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { symmetricEncrypt } from 'better-auth/crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type {
  Alert,
  AlertCondition,
  AlertPreview,
  AlertsPage,
  AlertTargetTested,
  PutAlertDestinationDone,
  PutAlertRule,
} from '@/app/_contract/alerts';
import { routes as to } from '@/app/_contract/routes';
import type { RunAddress } from '../runs/address';
import { headerOf, PostOffice, textOf } from '../testing/post-office';
import { retryingFlow } from '../testing/till';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';
import { AlertWatch, carry } from './alert-watch';
import { evaluate } from './evaluate';
import { AlertRuns, workflowIdOf } from './flow';
import { Receiver } from './testing/receiver';

const office = new PostOffice();
let world: World;
let admin: Visitor;
let pager: Receiver;
let hook: Receiver;
const logged: string[] = [];
const KEY = 'R0UT1NGKEY-of-the-pager';

beforeAll(async () => {
  await office.open();
  world = await startWorld({
    environment: { BACKSTITCH_SMTP_URL: office.url, BACKSTITCH_LOG_LEVEL: 'trace' },
    logTo: { write: (line) => void logged.push(line) },
  });
  admin = await world.as('admin');
  await world.startTill();
}, 180_000);
afterAll(async () => {
  await world.close();
  await office.close();
});
beforeEach(async () => {
  pager = await new Receiver().open();
  hook = await new Receiver().open();
});
afterEach(async () => {
  const { rules } = await page();
  await Promise.all(rules.map(({ id }) => admin.post(to.removeAlertRule(id), {})));
  await world.web.database.alert.deleteMany();
  await world.web.database.alertDestination.deleteMany();
  pager.close();
  hook.close();
  office.letters.length = 0;
});

const page = async (visitor = admin) => (await must(visitor.get<AlertsPage>(to.alerts()))).body;
const addPager = async () => {
  const body = { id: randomUUID(), title: 'Night shift', kind: 'pager', address: pager.address, routingKey: KEY };
  return (await must(admin.post<PutAlertDestinationDone>(to.putAlertDestination(), body))).body.destination.id;
};
const ruleOf = (targets: string[], change: Partial<PutAlertRule> = {}): PutAlertRule => ({
  id: randomUUID(),
  condition: { kind: 'undoFailed' },
  flows: [],
  targets,
  severity: 'critical',
  holdSeconds: 0,
  clearSeconds: 0,
  remindMinutes: null,
  isOn: true,
  ...change,
});
const addRule = async (targets: string[], change: Partial<PutAlertRule> = {}) =>
  (await must(admin.post<{ id: string }>(to.putAlertRule(), ruleOf(targets, change)))).body.id;

/** A run whose undo fails, and asks. */
async function failUndo(): Promise<RunAddress> {
  const run = await world.startTill();
  const body = { name: 'finish', input: { well: false }, requestId: randomUUID() };
  await must(admin.post(to.signal(run.workflowId, run.runId), body));
  return run;
}
/** Somebody did it by hand: the run ends. */
const mend = ({ workflowId, runId }: RunAddress) =>
  eventually(async () =>
    must(
      admin.post(to.decideUndo(workflowId, runId), {
        requestId: randomUUID(),
        nodeId: 'take',
        choice: 'doneByHand',
        reason: 'Given back at the till.',
      })
    )
  );
async function openAlert(): Promise<Alert> {
  return eventually(async () => {
    const { open } = await page();
    expect(open).toHaveLength(1);
    return open[0]!;
  }, 40_000);
}
const runOf = (id: string) =>
  world.web.temporal.workflowService.describeWorkflowExecution({
    namespace: 'backstitch-alerts',
    execution: { workflowId: workflowIdOf(id) },
  });

test('[ALF1] [ALP1] an undo fails: a pager and a person are told, it is acknowledged, and its end is told', async () => {
  const destination = await addPager();
  await addRule([`destination ${destination}`, 'person person-admin']);
  const run = await failUndo();
  const alert = await openAlert();
  expect(alert).toMatchObject({
    flow: 'till',
    severity: 'critical',
    facts: { title: 'Till', stepTitle: 'undo of Take the money', count: 1, firstVersion: 1 },
    resolved: null,
    acknowledged: null,
  });
  await eventually(() => expect(pager.actions).toEqual(['trigger']), 60_000);
  expect(pager.heard[0]!.body).toMatchObject({
    routing_key: KEY,
    dedup_key: `backstitch-${alert.id}`,
    payload: { severity: 'critical', component: 'till', class: 'undoFailed', custom_details: { count: 1 } },
  });
  expect(pager.heard[0]!.text).not.toMatch(/"pin"|4711/);
  await eventually(() => expect(office.letters).toHaveLength(1));
  expect(headerOf(office.letters[0]!, 'subject')).toContain('An undo failed: undo of Take the money, Till');
  expect(textOf(office.letters[0]!)).toContain('1 run since');
  // [ALF2]
  const runs = await world.web.temporal.workflow.count("WorkflowType STARTS_WITH 'backstitchAlert'");
  expect(runs.count).toBe(0);
  expect((await must(admin.get<{ flows: { name: string }[] }>(to.flows()))).body.flows.map(({ name }) => name)).toEqual(
    ['till']
  );

  const acknowledge = () => must(admin.post<{ by: string }>(to.acknowledgeAlert(alert.id), {}));
  expect((await acknowledge()).body.by).toBe('Ada admin');
  // [ALA2]
  await acknowledge();
  await eventually(() => expect(pager.actions).toEqual(['trigger', 'acknowledge']));
  await mend(run);
  await eventually(() => expect(pager.actions).toEqual(['trigger', 'acknowledge', 'resolve']), 40_000);
  expect(new Set(pager.heard.map(({ body }) => body.dedup_key)).size).toBe(1);
  await eventually(() => expect(office.letters).toHaveLength(2));
  expect(headerOf(office.letters[1]!, 'subject')).toContain('Over: An undo failed');
  await eventually(async () => expect((await runOf(alert.id)).workflowExecutionInfo?.status).toBe(2));
  const { open, ended } = await page();
  expect(open).toEqual([]);
  expect(ended[0]).toMatchObject({ id: alert.id, resolved: { why: 'ended' }, acknowledged: { by: 'Ada admin' } });
  expect(ended[0]!.deliveries.map(({ moment, title, state }) => `${moment} ${title} ${state}`).sort()).toEqual([
    'acknowledged Night shift delivered',
    'opened Ada admin delivered',
    'opened Night shift delivered',
    'resolved Ada admin delivered',
    'resolved Night shift delivered',
  ]);
  // [ALD1]
  expect(logged.join('\n')).not.toContain(KEY);
  const trail = await world.web.database.auditEntry.findMany();
  expect(JSON.stringify(trail)).not.toContain(KEY);
  expect(trail.map(({ operation }) => operation)).toEqual(
    expect.arrayContaining(['alerts.putDestination', 'alerts.putRule', 'alerts.acknowledge'])
  );
}, 180_000);

test('[ALF1] [ALW3] the engine is killed while an alert is open, and the receiver is away: each moment is told once', async () => {
  const destination = await addPager();
  await addRule([`destination ${destination}`]);
  pager.status = 503;
  const run = await failUndo();
  await eventually(() => expect(pager.actions.length).toBeGreaterThan(0), 60_000);
  await world.restartEngine();
  pager.heard.length = 0;
  pager.status = 202;
  await eventually(() => expect(pager.actions).toEqual(['trigger']), 60_000);
  const { id } = await openAlert();
  // Another process looks at the same time, and starts it again.
  await Promise.all([evaluate(world.web), evaluate(world.web)]);
  await world.web.database.alert.update({ where: { id }, data: { isStartDue: true } });
  const runs = new AlertRuns(world.web);
  await Promise.all([carry(world.web, runs), carry(world.web, runs)]);
  // [ALW3] Somebody ends the run with another client.
  await world.web.temporal.workflowService.terminateWorkflowExecution({
    namespace: 'backstitch-alerts',
    workflowExecution: { workflowId: workflowIdOf(id) },
  });
  const watch = new AlertWatch(
    () => world.web,
    () => runs
  );
  // The watch of this world looks as well: either may hold the lease.
  await eventually(async () => {
    await world.web.database.alertWork.update({ where: { id: 1 }, data: { until: new Date(0) } });
    await watch.look();
    expect((await runOf(id)).workflowExecutionInfo?.status).toBe(1);
  });
  await watch.close();
  await mend(run);
  await eventually(() => expect(pager.actions).toEqual(['trigger', 'resolve']), 60_000);
  const { count } = await world.web.temporal.workflowService.countWorkflowExecutions({
    namespace: 'backstitch-alerts',
    query: `WorkflowId = '${workflowIdOf(id)}'`,
  });
  expect(Number(count)).toBe(2);
}, 240_000);

test('[ALP2] a webhook is signed; a rule that is removed while its alert is open ends it, and says so', async () => {
  const body = { id: randomUUID(), title: 'Warehouse', kind: 'webhook', address: `${hook.address}?token=hidden` };
  const made = (await must(admin.post<PutAlertDestinationDone>(to.putAlertDestination(), body))).body;
  expect(made.destination).not.toHaveProperty('sealed');
  expect(JSON.stringify((await page()).destinations)).not.toContain('hidden');
  const rule = await addRule([`destination ${made.destination.id}`], { flows: ['till'] });
  const run = await failUndo();
  await eventually(() => expect(hook.heard).toHaveLength(1), 60_000);
  const preview = { condition: { kind: 'undoFailed' }, flows: [] };
  expect((await must(admin.post<AlertPreview>(to.previewAlertRule(), preview))).body).toEqual({
    subjects: [{ title: expect.stringContaining('An undo failed'), words: expect.stringContaining('1 run since') }],
    opened: 1,
    past: expect.stringMatching(/is not stored/) as string,
  });
  await must(admin.post(to.removeAlertRule(rule), {}));
  await eventually(() => expect(hook.heard).toHaveLength(2), 60_000);
  const types = hook.heard.map(({ headers, text }) => {
    const event = new Webhook(made.secret!).verify(text, headers as Record<string, string>) as {
      id: string;
      type: string;
    };
    expect(headers['webhook-id']).toBe(event.id);
    return event.type;
  });
  expect(types).toEqual(['backstitch.alert.opened', 'backstitch.alert.resolved']);
  expect((await page()).ended[0]).toMatchObject({ resolved: { why: 'ruleRemoved' } });
  await mend(run);
}, 180_000);

test('[ALD1] a test shows what the destination answers; one that the egress guard forbids is not reached', async () => {
  const destination = await addPager();
  const ask = async (target: string) =>
    (await must(admin.post<AlertTargetTested>(to.testAlertTarget(), { target }))).body;
  expect(await ask(`destination ${destination}`)).toMatchObject({ ok: true });
  expect(pager.actions).toEqual(['trigger', 'resolve']);
  pager.status = 400;
  const refused = await ask(`destination ${destination}`);
  expect(refused).toMatchObject({ ok: false, message: expect.stringMatching(/answered 400/) });
  expect(await ask('person person-admin')).toEqual({ ok: true, message: 'The mail server took the mail.' });
  expect(await ask(`destination ${randomUUID()}`)).toMatchObject({ ok: false });
  // Of a release before [ALD3].
  const inside = await addUnreachable();
  expect(await ask(`destination ${inside}`)).toMatchObject({ ok: false });
});

/** As it was saved before such an address was refused. */
async function addUnreachable(): Promise<string> {
  const id = randomUUID();
  const { config, database } = world.web;
  const data = JSON.stringify({ address: 'http://169.254.169.254/latest', secret: 'whsec_eA==' });
  const sealed = await symmetricEncrypt({ key: config.authSecret, data });
  const row = { id, title: 'Inside', kind: 'webhook', host: '169.254.169.254', sealed, createdBy: 'Ada' };
  await database.alertDestination.create({ data: row });
  return id;
}

test('[ALD3] an address that is never called is refused when it is saved, and one of before says so in the list', async () => {
  for (const address of ['http://169.254.169.254/latest', 'http://[fe80::1]/'])
    for (const kind of ['webhook', 'pager']) {
      const body = { id: randomUUID(), title: 'Inside', kind, address, routingKey: kind === 'pager' ? 'k' : '' };
      const { status, error } = await admin.post(to.putAlertDestination(), body);
      expect([status, error?.problems?.map(({ at }) => at)]).toEqual([422, ['/address']]);
    }
  const [fine, inside] = [await addPager(), await addUnreachable()];
  const problems = new Map((await page()).destinations.map(({ id, problem }) => [id, problem]));
  expect(problems.get(fine)).toBeNull();
  expect(problems.get(inside)).toMatch(/never called/);
  // It stays until it has another address.
  const moved = { id: inside, title: 'Inside', kind: 'webhook', address: '', routingKey: '' };
  expect((await admin.post(to.putAlertDestination(), moved)).error?.problems?.[0]?.at).toBe('/address');
  await must(admin.post(to.putAlertDestination(), { ...moved, address: hook.address }));
  expect((await page()).destinations.map(({ problem }) => problem)).toEqual([null, null]);
});

test('what is wrong is said at its field, and nothing is stored', async () => {
  const problems = async (url: string, body: object) =>
    (await admin.post(url, body)).error?.problems?.map(({ at }) => at);
  const rule = (change: object) => ({ ...ruleOf(['person person-admin']), ...change });
  const put = to.putAlertRule();
  expect(await problems(put, rule({ targets: [] }))).toEqual(['/targets']);
  expect(await problems(put, rule({ targets: ['person nobody'] }))).toEqual(['/targets/0']);
  expect(await problems(put, rule({ targets: ['everybody'] }))).toEqual(['/targets/0']);
  const stuck = { kind: 'stuck', minutes: 0, attempts: 1 };
  expect(await problems(put, rule({ condition: stuck }))).toEqual(['/condition/minutes', '/condition/attempts']);
  const rate = { kind: 'failureRate', percent: 100, minutes: 1_441, runs: 0.5 };
  expect((await problems(put, rule({ condition: rate })))?.sort()).toEqual([
    '/condition/minutes',
    '/condition/percent',
    '/condition/runs',
  ]);
  expect(await problems(put, rule({ holdSeconds: -1, remindMinutes: 1 }))).toEqual(['/holdSeconds', '/remindMinutes']);
  const to2 = to.putAlertDestination();
  const pagerBody = { id: randomUUID(), title: 'P', kind: 'pager', address: '', routingKey: '' };
  expect(await problems(to2, pagerBody)).toEqual(['/routingKey']);
  expect(await problems(to2, { ...pagerBody, routingKey: 'a b' })).toEqual(['/routingKey']);
  expect(await problems(to2, { ...pagerBody, kind: 'webhook' })).toEqual(['/address']);
  expect(await problems(to2, { ...pagerBody, kind: 'webhook', address: 'ftp://x' })).toEqual(['/address']);
  expect(await problems(to2, { ...pagerBody, title: '' })).toEqual(['/title']);
  const { rules, destinations } = await page();
  expect([rules, destinations]).toEqual([[], []]);
  // [ALD2]
  const destination = await addPager();
  const moved = { id: destination, title: 'P', kind: 'pager', address: hook.address, routingKey: '' };
  expect(await problems(to2, moved)).toEqual(['/routingKey']);
  await must(admin.post(to2, { ...moved, address: '' }));
  const kept = (await page()).destinations[0];
  expect(kept).toMatchObject({ title: 'P', host: new URL(pager.address).host });
  expect((await admin.post(to.publish(), { document: { format: 2, name: 'backstitch-alert' } })).error?.code).toBe(
    'refused'
  );
});

test('[ALC3] failing and slow flows, steps that are tried too often, and queues that nobody serves are found', async () => {
  const retrying = retryingFlow('till');
  const once = (step: (typeof retrying.steps)[number]) =>
    'options' in step ? { ...step, options: { startToCloseTimeout: '1m', retry: { maximumAttempts: 1 } } } : step;
  const failing = { ...retrying, name: 'fails', title: 'Fails', steps: retrying.steps.map(once) };
  const often = (step: (typeof retrying.steps)[number]) => {
    const retry = { initialInterval: '1ms', backoffCoefficient: 1, maximumAttempts: 0 };
    return 'options' in step ? { ...step, options: { startToCloseTimeout: '1m', retry } } : step;
  };
  const insisting = { ...retrying, name: 'insists', title: 'Insists', steps: retrying.steps.map(often) };
  const start = async (flow: string) =>
    (await must(admin.post<RunAddress>(to.startRun(flow), { requestId: randomUUID(), input: {} }))).body;
  await must(admin.post(to.publish(), { document: failing }));
  await must(admin.post(to.publish(), { document: insisting }));
  const [, , , insists] = await Promise.all(['fails', 'fails', 'fails', 'insists'].map(start));
  await world.web.temporal.workflow.start('elsewhere', { taskQueue: 'elsewhere', workflowId: randomUUID() });
  const found = async (condition: AlertCondition, flows: string[] = []) =>
    (await must(admin.post<AlertPreview>(to.previewAlertRule(), { condition, flows }))).body.subjects.map(
      ({ title, words }) => `${title} | ${words}`
    );
  const rate = { kind: 'failureRate', percent: 99, minutes: 60, runs: 3 } as const;
  const fails = 'Many runs fail: Fails | 3 of 3 runs failed';
  await eventually(async () => expect(await found(rate)).toContain(fails));
  expect(await found({ ...rate, runs: 4 })).not.toContain(fails);
  expect(await found(rate, ['insists'])).toEqual([]);
  const slow = { kind: 'slow', seconds: 1, of: 'any', minutes: 60, runs: 1 } as const;
  expect(await eventually(() => found(slow, ['till']))).toEqual([
    expect.stringMatching(/^Runs take long: Till \| \d+ run/),
  ]);
  expect(await found({ ...slow, seconds: 86_400 })).toEqual([]);
  expect(await found({ ...slow, of: 'p95', seconds: 86_400 })).toEqual([]);
  // Steps of these runs, as soon as they are written. All of them are quick.
  const step = { kind: 'slowStep', step: '', seconds: 0.1, of: 'any', minutes: 60, runs: 1 } as const;
  const counted = () =>
    world.web.versions.countEnded({ namespace: 'default', of: 'steps', sinceMs: 0, perMs: 0, slowerThanMs: 100 });
  await eventually(async () => expect((await counted()).map((each) => each.step)).toContain('look'), 30_000);
  expect(await found({ ...step, seconds: 86_400 })).toEqual([]);
  const pastOf = async (condition: AlertCondition) =>
    (await must(admin.post<AlertPreview>(to.previewAlertRule(), { condition, flows: ['fails'] }))).body.past;
  expect(await pastOf({ kind: 'noWorker', minutes: 5 })).toMatch(/is not stored/);
  expect(await pastOf(rate)).toMatchObject({ count: expect.any(Number) as number, withinMinutes: 6 });
  expect(await pastOf({ kind: 'overdue', minutes: 5 })).toEqual({ count: 0, newest: [], withinMinutes: 1 });
  const refused = await admin.post(to.previewAlertRule(), { condition: { ...step, seconds: 7 }, flows: [] });
  expect(refused.error?.problems?.map(({ at }) => at)).toEqual(['/condition/seconds']);
  const stuck = { kind: 'stuck', minutes: 600, attempts: 2 } as const;
  await eventually(async () =>
    expect(await found(stuck)).toEqual([
      expect.stringMatching(/^Runs do not go on: Look at the shelf, Insists \(HttpStatus Jammed\)/),
    ])
  );
  expect(await found({ ...stuck, attempts: null })).toEqual([]);
  expect(await found({ kind: 'noWorker', minutes: 5 })).toEqual([
    expect.stringMatching(/^No worker serves the queue elsewhere \| 1 task waits/),
  ]);
  const end = { requestId: randomUUID(), reason: 'The test is over.' };
  await must(admin.post(to.terminate(insists!.workflowId, insists!.runId), end));
}, 120_000);

test('[NTA1] [NTA2] mails of alerts follow the settings of the person; what is over before it is sent is not sent', async () => {
  const { database } = world.web;
  // The mail of the day is half a day away, whenever this runs.
  const at = `${String(new Date(Date.now() + 12 * 3_600_000).getUTCHours()).padStart(2, '0')}:00`;
  const wish = (mode: string, off: string[] = []) =>
    must(admin.post(to.ownNotifications(), { mode, at, zone: 'UTC', off }));
  await wish('daily');
  await addRule(['person person-admin']);
  const run = await failUndo();
  const { id } = await openAlert();
  const row = () => database.notification.findFirst({ where: { alertId: id }, orderBy: { createdAt: 'asc' } });
  await eventually(async () => expect((await row())?.nextAt?.getMinutes()).toBe(0), 60_000);
  await mend(run);
  await eventually(async () => expect((await page()).ended[0]?.id).toBe(id), 60_000);
  await eventually(async () => expect(await database.notification.count({ where: { alertId: id } })).toBe(2), 60_000);
  await wish('atOnce');
  await eventually(async () => {
    const rows = await database.notification.findMany({ where: { alertId: id }, orderBy: { createdAt: 'asc' } });
    expect(rows.map(({ dropped }) => dropped)).toEqual([
      'It was over before it was sent.',
      'The person was not told that it began.',
    ]);
  });
  expect(office.letters).toEqual([]);
  await wish('atOnce', ['alert']);
  const other = await failUndo();
  const second = await openAlert();
  await eventually(
    async () =>
      expect(await database.notification.findFirst({ where: { alertId: second.id } })).toMatchObject({
        nextAt: null,
        dropped: 'The person does not want to be told of it.',
      }),
    60_000
  );
  await wish('atOnce');
  await mend(other);
}, 240_000);
