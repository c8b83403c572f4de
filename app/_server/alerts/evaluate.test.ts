/**
 * When alerts open and end, on a real PostgreSQL in virtual time. What the engine would group is given. The rules are in
 * evaluate.ts, conditions.ts, alert-watch.ts and silences.ts.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AlertCondition, PutAlertRule } from '@/app/_contract/alerts';
import type { EndedCell, EndedQuery } from '@/engine/store/port';
import type { Alert } from '@/prisma/client/client';
import { Refusal } from '../failure';
import { PEOPLE } from '../testing/test-web';
import { startWorld, type World } from '../testing/world';
import type { Web } from '../web';
import { acknowledgeGroup, snoozeGroup } from '../attention/change';
import { groupsOfRuns } from '../attention/list';
import { acknowledgeAlert, silenceAlert } from './act';
import { AlertWatch, carry } from './alert-watch';
import { evaluate } from './evaluate';
import { listAlerts } from './list';
import { removeOldAlerts } from './remove-old';
import { putAlertRule, removeAlertRule } from './rules';
import { planAlert, tellAlert } from './tell';
import type { Subject } from './conditions';
import { Remembered } from './rates';
import { Receiver } from './testing/receiver';

const ADMIN = { ...PEOPLE.olga, id: 'admin', name: 'Ada', grants: [{ role: 'admin' as const, flow: null }] };
const OLGA = PEOPLE.olga;
const OF_TILL = { ...PEOPLE.olga, name: 'Tilda', grants: [{ role: 'operator' as const, flow: 'till' }] };

interface Group {
  workflowType: string;
  kind: 'asks' | 'retries' | 'stuck' | 'remains';
  step: string;
  count: number;
  firstMs: number;
}
let world: World;
let web: Web;
let groups: Group[] | Error;
let receiver: Receiver;
let chat: string;
const START = Date.UTC(2026, 5, 1, 12);
const at = (seconds: number) => new Date(START + seconds * 1_000);
const undo = (change: Partial<Group> = {}): Group => ({
  workflowType: 'till_v3',
  kind: 'asks',
  step: 'take:undo',
  count: 1,
  firstMs: START - 60_000,
  ...change,
});

beforeAll(async () => {
  world = await startWorld({ engine: false });
  // The test looks itself, in its own time.
  await (world.web.alerts as AlertWatch).close();
  const versions = [
    { flow: 'till', version: 3, workflowType: 'till_v3', revision: 'v3.0', title: 'Till', retiredMs: 0 },
    { flow: 'desk', version: 1, workflowType: 'desk_v1', revision: 'v1.0', title: 'Desk', retiredMs: 0 },
  ];
  const list = () => Promise.resolve(versions);
  web = {
    ...world.web,
    attention: {
      read: () =>
        groups instanceof Error
          ? Promise.reject(groups)
          : Promise.resolve({
              sinceMs: 0,
              groups: groups.map((each) => ({
                error: 'HttpStatus Jammed',
                text: 'a customer called Grace',
                workflowId: 'run-1',
                runId: 'r',
                lastMs: each.firstMs,
                ...each,
              })),
            }),
    },
    catalogue: { list, listOrLast: list, contentOfType: () => Promise.resolve(null) },
  } as unknown as Web;
}, 120_000);
afterAll(() => world.close());
beforeEach(async () => {
  groups = [];
  const { database } = world.web;
  await database.alert.deleteMany();
  await database.alertRule.deleteMany();
  await database.alertWatch.deleteMany();
  await database.alertSilence.deleteMany();
  await database.eventSubscription.deleteMany();
  await database.humanTask.deleteMany();
  await database.chat.deleteMany();
  receiver = await new Receiver().open();
  chat = randomUUID();
  const { symmetricEncrypt } = await import('better-auth/crypto');
  const sealed = await symmetricEncrypt({ key: web.config.authSecret, data: receiver.address });
  await database.chat.create({ data: { id: chat, title: 'Ops', host: '127.0.0.1', sealed, createdBy: 'Ada' } });
});

async function rule(change: Partial<PutAlertRule> = {}): Promise<string> {
  const { id } = await putAlertRule(web, ADMIN, {
    id: randomUUID(),
    condition: { kind: 'undoFailed' },
    flows: [],
    targets: [`chat ${chat}`],
    severity: 'error',
    holdSeconds: 0,
    clearSeconds: 0,
    remindMinutes: null,
    isOn: true,
    ...change,
  });
  return id;
}
const look = (seconds: number) => evaluate(web, at(seconds));
const alerts = () => web.database.alert.findMany({ orderBy: [{ openedAt: 'asc' }, { subject: 'asc' }] });
const states = async () =>
  (await alerts()).map(({ subject, resolvedWhy }) => `${subject.split(' ')[1]} ${resolvedWhy ?? 'open'}`);
const tell = (alert: Alert, seconds: number) =>
  tellAlert(web, { alert: alert.id, target: `chat ${chat}` }, () => at(seconds));
const texts = () => receiver.heard.map(({ body }) => String(body.text).split('\n')[0]);

test('[ALC1] [ALC2] one alert is about a group, however many runs it has, and says nothing of what an error quotes', async () => {
  await rule();
  groups = [undo({ count: 37 }), undo({ workflowType: 'desk_v1' }), undo({ step: 'pay' }), undo({ kind: 'retries' })];
  expect(await look(0)).toBe(true);
  groups = [undo({ count: 38 }), undo({ workflowType: 'desk_v1' })];
  expect(await look(5)).toBe(true);
  expect(await look(10)).toBe(false);
  expect(await states()).toEqual(['desk open', 'till open']);
  const [, till] = await alerts();
  expect(till).toMatchObject({ flow: 'till', facts: { count: 38, firstVersion: 3, title: 'till' } });
  expect(JSON.stringify(till)).not.toContain('Grace');
});

test('a rule is narrowed to flows', async () => {
  await rule({ flows: ['desk'] });
  groups = [undo(), undo({ workflowType: 'desk_v1' })];
  await look(0);
  expect(await states()).toEqual(['desk open']);
});

test('[ALE1] two processes that look at once open one alert', async () => {
  await rule();
  groups = [undo()];
  await Promise.all([look(0), look(0), look(0), look(0)]);
  expect(await states()).toEqual(['till open']);
});

test('[ALE2] it opens when it has held, and ends when it has been over; what flickers does neither', async () => {
  await rule({ holdSeconds: 60, clearSeconds: 120 });
  groups = [undo()];
  await look(0);
  await look(59);
  expect(await states()).toEqual([]);
  groups = [];
  await look(60);
  groups = [undo()];
  await look(61);
  await look(120);
  expect(await states()).toEqual([]);
  await look(121);
  expect(await states()).toEqual(['till open']);
  groups = [];
  await look(130);
  groups = [undo()];
  await look(240);
  groups = [];
  await look(251);
  await look(370);
  expect(await states()).toEqual(['till open']);
  await look(371);
  expect(await states()).toEqual(['till ended']);
  groups = [undo()];
  await look(400);
  await look(460);
  expect(await states()).toEqual(['till ended', 'till open']);
});

test('[ALE3] while the engine is away nothing opens or ends, and the rule says why', async () => {
  const id = await rule();
  groups = [undo()];
  await look(0);
  groups = new Refusal('engineAway', 'The engine is away.');
  await look(5);
  await look(1_000);
  expect(await states()).toEqual(['till open']);
  const problem = async () => (await web.database.alertRule.findUnique({ where: { id } }))?.problem;
  expect(await problem()).toBe('The engine is away.');
  groups = [undo()];
  await look(1_005);
  expect(await problem()).toBe(null);
});

test('[ALE4] a rule that is removed, switched off or made another ends its alerts; one whose targets change does not', async () => {
  const id = await rule();
  groups = [undo()];
  await look(0);
  await rule({ id, targets: [`chat ${chat}`], severity: 'critical' });
  await look(5);
  expect(await states()).toEqual(['till open']);
  await rule({ id, flows: ['desk'] });
  await look(10);
  expect(await states()).toEqual(['till ruleChanged']);
  await rule({ id });
  await look(15);
  await rule({ id, isOn: false });
  await look(20);
  await rule({ id });
  await look(25);
  await removeAlertRule(web, ADMIN, id);
  await look(30);
  expect(await states()).toEqual(['till ruleChanged', 'till ruleRemoved', 'till ruleRemoved']);
  // As if the process had ended between the two.
  const again = await rule();
  await look(35);
  await web.database.alertRule.delete({ where: { id: again } });
  await look(40);
  expect((await states()).at(-1)).toBe('till ruleRemoved');
});

test('[ALE5] a clock that was wrong for a while delays neither the opening nor the end', async () => {
  await rule({ holdSeconds: 60, clearSeconds: 60 });
  groups = [undo()];
  await look(86_400);
  await look(0);
  await look(60);
  expect(await states()).toEqual(['till open']);
  groups = [];
  await look(86_400);
  await look(70);
  await look(130);
  expect(await states()).toEqual(['till ended']);
});

test.each<[AlertCondition, Partial<Group>, boolean]>([
  [{ kind: 'effectRemains' }, { kind: 'remains', step: 'take' }, true],
  [{ kind: 'effectRemains' }, { kind: 'asks', step: 'take' }, true],
  [{ kind: 'effectRemains' }, { kind: 'asks', step: 'take:undo' }, false],
  [{ kind: 'stuck', minutes: 10, attempts: null }, { kind: 'stuck', step: '-' }, true],
  [{ kind: 'stuck', minutes: 10, attempts: null }, { kind: 'retries', firstMs: START - 599_000 }, false],
  [{ kind: 'stuck', minutes: 10, attempts: null }, { kind: 'retries', firstMs: START - 600_000 }, true],
])('%o finds %o: %s', async (condition, group, isFound) => {
  await rule({ condition });
  groups = [undo(group)];
  await look(0);
  expect(await states()).toEqual(isFound ? ['till open'] : []);
});

test('approvals that are overdue, and subscriptions to events that stopped, are found in the database', async () => {
  await rule({ condition: { kind: 'overdue', minutes: 10 } });
  await rule({ condition: { kind: 'eventsStopped', minutes: 10 } });
  const task = (dueAt: Date) => ({
    taskId: randomUUID(),
    namespace: web.config.namespace,
    workflowId: 'w',
    firstRunId: 'r',
    workflowType: 'till_v3',
    flow: 'till',
    nodeId: 'approve',
    title: 'Approve',
    question: 'Well?',
    candidates: [],
    requireComment: 'never',
    data: {},
    dataHash: '',
    openedAt: at(-9_000),
    dueAt,
  });
  await web.database.humanTask.createMany({ data: [task(at(-700)), task(at(-100))] });
  const stopped = {
    id: randomUUID(),
    title: 'Warehouse',
    target: {},
    flows: [],
    kinds: [],
    isOn: true,
    sealed: '',
    epoch: 0,
    number: 0,
    flowNumber: 0,
    ownerName: 'Ada',
  };
  await web.database.eventSubscription.createMany({
    data: [
      { ...stopped, failingSince: at(-601) },
      { ...stopped, id: randomUUID(), failingSince: at(-599) },
      { ...stopped, id: randomUUID(), isOn: false, stoppedAt: at(-5) },
    ],
  });
  await look(0);
  const found = await alerts();
  expect(found.map(({ subject }) => subject.split(' ')[0])).toEqual(['group', 'subscription']);
  expect(found[0]).toMatchObject({ flow: 'till', facts: { count: 2, page: '/approvals' } });
});

test('[ALW1] a run is started until that is known; a kill between any two steps starts no second alert and loses no change', async () => {
  await rule();
  groups = [undo()];
  const started: string[] = [];
  const changed: string[] = [];
  let fails = true;
  const runs = {
    start: (id: string) =>
      fails ? Promise.reject(new Error('the engine is away')) : Promise.resolve(void started.push(id)),
    changed: (id: string) =>
      fails ? Promise.reject(new Error('the engine is away')) : Promise.resolve(changed.push(id) > 0),
  };
  // Killed after the opening was stored, and before the run was started.
  await look(0);
  await expect(carry(web, runs)).rejects.toThrow('away');
  await look(5);
  fails = false;
  await carry(web, runs);
  await carry(web, runs);
  const [alert] = await alerts();
  expect(started).toEqual([alert!.id]);
  await acknowledgeAlert(web, OLGA, alert!.id);
  fails = true;
  await expect(carry(web, runs)).rejects.toThrow('away');
  fails = false;
  groups = [];
  await look(10);
  await carry(web, runs);
  await carry(web, runs);
  expect(changed).toEqual([alert!.id]);
  expect(await states()).toEqual(['till ended']);
});

test('[ALW2] of two web processes one looks at a time, and the other takes over', async () => {
  await rule();
  groups = [undo()];
  const started: string[] = [];
  const runs = { start: (id: string) => Promise.resolve(void started.push(id)), changed: () => Promise.resolve(true) };
  await world.web.database.alertWork.update({ where: { id: 1 }, data: { holder: '', until: new Date(0) } });
  const [one, other] = [0, 1].map(
    () =>
      new AlertWatch(
        () => web,
        () => runs,
        () => at(0)
      )
  );
  await Promise.all([one!.look(), other!.look()]);
  expect(started).toHaveLength(1);
  await one!.close();
  groups = [];
  await Promise.all([other!.look(), other!.look()]);
  expect(await states()).toEqual(['till ended']);
  await other!.close();
});

test('[ALT1] [ALT2] a receiver that is away gets it when it is back, once; attempts do not overlap', async () => {
  await rule();
  groups = [undo({ count: 37 })];
  await look(0);
  const [alert] = await alerts();
  receiver.status = 503;
  expect((await tell(alert!, 1)).problem).toMatch(/answered 503/);
  expect(await planAlert(web, { alert: alert!.id }, at(1))).toEqual({ over: false, wait: '10s' });
  receiver.status = 200;
  const both = await Promise.all([tell(alert!, 20), tell(alert!, 20)]);
  expect(both.map(({ problem }) => problem).filter(Boolean).length).toBeLessThan(2);
  expect((await tell(alert!, 21)).problem).toBe(null);
  expect(receiver.heard.map(({ body }) => body.text)).toHaveLength(2);
  expect(String(receiver.heard[1]!.body.text)).toContain('37 runs since 1 Jun 2026, 11:59 UTC, first in v3');
  groups = [];
  await look(30);
  expect((await planAlert(web, { alert: alert!.id }, at(30))).over).toBe(false);
  await tell(alert!, 31);
  expect(texts().at(-1)).toMatch(/^Over: /);
  expect(await planAlert(web, { alert: alert!.id }, at(31))).toEqual({ over: true, wait: '1s' });
});

test('[ALT3] what refuses it again and again is asked no more; the end is not told to whom the opening was not', async () => {
  await rule();
  groups = [undo()];
  await look(0);
  const [alert] = await alerts();
  receiver.status = 404;
  for (let second = 1; second < 9; second++) await tell(alert!, second * 40);
  expect(receiver.heard).toHaveLength(5);
  receiver.status = 200;
  groups = [];
  await look(400);
  await tell(alert!, 401);
  expect(receiver.heard).toHaveLength(5);
  expect((await planAlert(web, { alert: alert!.id }, at(401))).over).toBe(true);
});

test('[ALS2] [ATC3] a group that is snoozed on Attention silences its alerts of every rule until then, and no other', async () => {
  const [one, two] = [await rule(), await rule()];
  groups = [undo(), undo({ step: 'pay:undo' }), undo({ workflowType: 'desk_v1' })];
  await look(0);
  const { groups: listed } = await groupsOfRuns(web as never, 7);
  const { flow, key } = listed.find((group) => group.flow === 'till' && group.step === 'take:undo')!;
  const all = await alerts();
  expect(all).toHaveLength(6);
  const changes = async () => (await alerts()).map(({ changes: count }) => count).reduce((sum, each) => sum + each, 0);
  const before = await changes();
  const snooze = (minutes: number | null) => snoozeGroup(web, OLGA, { flow, key, minutes, requestId: randomUUID() });
  await snooze(60);
  // Only those of this group look again.
  expect(await changes()).toBe(before + 2);
  const silent = async () =>
    (await listAlerts(web, ADMIN)).open.flatMap(({ ruleId, subject, silenced }) =>
      silenced ? [{ ruleId, subject, silenced }] : []
    );
  const found = await silent();
  expect(found.map(({ ruleId }) => ruleId).sort()).toEqual([one, two].sort());
  expect(found[0]).toMatchObject({
    subject: 'group till asks take:undo HttpStatus Jammed',
    silenced: { by: OLGA.name, of: 'group' },
  });
  const untilMs = found[0]!.silenced.untilMs;
  const now = (later: number) => () => new Date(Date.now() + later);
  const tellAll = async (later: number) => {
    for (const alert of await alerts()) await tellAlert(web, { alert: alert.id, target: `chat ${chat}` }, now(later));
  };
  await tellAll(0);
  expect(receiver.heard).toHaveLength(4);
  const [own] = (await alerts()).filter(({ subject }) => subject === found[0]!.subject);
  const { wait } = await planAlert(web, { alert: own!.id }, new Date(untilMs - 30_000));
  expect(Number.parseInt(wait)).toBeLessThanOrEqual(30);
  // Its time is over: they are told what is still the case.
  await tellAll(61 * 60_000);
  expect(receiver.heard).toHaveLength(6);
  // Acknowledging the group ends a snooze as well.
  await snooze(60);
  expect(await silent()).toHaveLength(2);
  await acknowledgeGroup(web, OLGA, { flow, key, acknowledged: true, requestId: randomUUID() });
  expect(await silent()).toEqual([]);
  expect(await changes()).toBe(before + 6);
});

test('[ALC4] [ALQ1] [ALQ2] rates, runs and steps: one question for all flows, and not at every look', async () => {
  const asked: EndedQuery[] = [];
  const cell = { step: '', atMs: 0, failed: 0, slower: 0 };
  const cells: EndedCell[] = [
    { ...cell, workflowType: 'till_v3', ended: 40, failed: 12, slower: 3 },
    { ...cell, workflowType: 'desk_v1', ended: 40, failed: 1, slower: 1 },
    { ...cell, workflowType: 'foreign', ended: 40, failed: 40, slower: 40 },
  ];
  const steps: EndedCell[] = [
    { ...cell, workflowType: 'till_v3', step: 'pay', ended: 20, slower: 2 },
    { ...cell, workflowType: 'till_v3', step: 'pack', ended: 20, slower: 1 },
    { ...cell, workflowType: 'desk_v1', step: 'pay', ended: 3, slower: 3 },
  ];
  const versions = {
    countEnded: (query: EndedQuery) => {
      asked.push(query);
      return Promise.resolve(query.of === 'runs' ? cells : steps);
    },
  };
  const own = { ...web, versions } as unknown as Web;
  await rule({ condition: { kind: 'failureRate', percent: 20, minutes: 30, runs: 10 } });
  await rule({ condition: { kind: 'failureRate', percent: 2, minutes: 30, runs: 10 }, flows: ['desk'] });
  await rule({ condition: { kind: 'slow', seconds: 60, of: 'p95', minutes: 30, runs: 10 } });
  await rule({ condition: { kind: 'slowStep', step: '', seconds: 60, of: 'p95', minutes: 30, runs: 10 } });
  await rule({ condition: { kind: 'slowStep', step: 'pay', seconds: 60, of: 'any', minutes: 30, runs: 1 } });
  const remembered = new Remembered<Subject[]>();
  await evaluate(own, at(0), remembered);
  const found = (await alerts()).map(({ subject, condition, facts }) => {
    const { kind } = condition as unknown as AlertCondition;
    return `${kind}: ${subject}: ${(facts as { measured?: string }).measured}`;
  });
  expect(found.sort()).toEqual([
    'failureRate: flow desk: 1 of 40 runs failed',
    'failureRate: flow till: 12 of 40 runs failed',
    'slow: flow till: 3 of 40 runs took longer',
    'slowStep: step desk pay: 3 of 3 times took longer',
    'slowStep: step till pay: 2 of 20 times took longer',
    'slowStep: step till pay: 2 of 20 times took longer',
  ]);
  // Two failure rates share an answer, and so do two rules about steps.
  expect(asked.map(({ of }) => of).sort()).toEqual(['runs', 'runs', 'steps']);
  for (let seconds = 5; seconds < 30; seconds += 5) await evaluate(own, at(seconds), remembered);
  expect(asked).toHaveLength(3);
  // Everything is over, which is seen with the next question.
  cells.length = steps.length = 0;
  await evaluate(own, at(30), remembered);
  expect(asked).toHaveLength(6);
  expect((await alerts()).every(({ resolvedWhy }) => resolvedWhy === 'ended')).toBe(true);
  // A clock that was set back asks at once.
  await evaluate(own, at(-3_600), remembered);
  expect(asked).toHaveLength(9);
});

test('[ALS1] a silence of a rule or of one subject lasts until its time, or until somebody ends it', async () => {
  const id = await rule({ remindMinutes: 5 });
  groups = [undo(), undo({ workflowType: 'desk_v1' })];
  const now = Date.now();
  const seconds = (ms: number) => (now + ms - START) / 1_000;
  await look(seconds(0));
  const [desk, till] = await alerts();
  const silence = (actor: typeof OLGA, change: object) =>
    silenceAlert(web, actor, { ruleId: id, subject: till!.subject, minutes: 60, reason: 'Known', ...change });
  // [ALA1]
  await expect(silence(OF_TILL, { subject: null })).rejects.toMatchObject({ code: 'notAllowed' });
  await expect(silence(OF_TILL, { subject: desk!.subject })).rejects.toMatchObject({ code: 'notAllowed' });
  await expect(silence(PEOPLE.vera, {})).rejects.toMatchObject({ code: 'notAllowed' });
  await expect(silence(OLGA, { reason: '' })).rejects.toMatchObject({
    code: 'inputInvalid',
    problems: [{ at: '/reason' }],
  });
  await silence(OF_TILL, {});
  await tell(till!, seconds(0));
  expect(receiver.heard).toEqual([]);
  await tell(desk!, seconds(0));
  expect(texts()).toHaveLength(1);
  const { open } = await listAlerts(web, ADMIN);
  expect(open.map(({ flow, silenced }) => [flow, silenced?.by ?? null]).sort()).toEqual([
    ['desk', null],
    ['till', 'Tilda'],
  ]);
  const wait = (await planAlert(web, { alert: till!.id }, at(seconds(0)))).wait;
  expect(parseInt(wait)).toBeLessThanOrEqual(300);
  await tell(till!, seconds(61 * 60_000));
  // Its opening, and that it is not silent any more.
  expect(texts().slice(1)).toEqual([
    expect.stringMatching(/^An undo failed/),
    expect.stringMatching(/^Reminder: An undo failed/),
  ]);
  await silence(OLGA, { subject: null, minutes: 30 });
  expect((await listAlerts(web, ADMIN)).rules[0]!.silenced).toMatchObject({
    by: 'Olga',
    reason: 'Known',
    of: 'rule',
  });
  await silence(OLGA, { subject: null, minutes: null, reason: '' });
  expect((await listAlerts(web, ADMIN)).rules[0]!.silenced).toBe(null);
});

test('[ALA1] [ALA2] who operates a flow acknowledges its alerts and no others, and sees no others', async () => {
  await rule();
  groups = [undo(), undo({ workflowType: 'desk_v1' })];
  await look(0);
  const [desk, till] = await alerts();
  await expect(acknowledgeAlert(web, OF_TILL, desk!.id)).rejects.toMatchObject({ code: 'notAllowed' });
  expect(await acknowledgeAlert(web, OF_TILL, till!.id)).toMatchObject({ by: 'Tilda' });
  expect(await acknowledgeAlert(web, OLGA, till!.id)).toMatchObject({ by: 'Tilda' });
  expect((await listAlerts(web, OF_TILL)).open.map(({ flow }) => flow)).toEqual(['till']);
  groups = [];
  await look(5);
  await expect(acknowledgeAlert(web, OLGA, desk!.id)).rejects.toMatchObject({ code: 'refused' });
});

test('[ALR1] what ended is kept for ninety days', async () => {
  await rule();
  groups = [undo()];
  await look(0);
  groups = [];
  await look(10);
  await web.database.alert.updateMany({ data: { toldChanges: 1 } });
  expect(await removeOldAlerts(web, at(89 * 86_400))).toBe(0);
  expect(await removeOldAlerts(web, at(91 * 86_400))).toBe(1);
});
