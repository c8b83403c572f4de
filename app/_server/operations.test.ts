/**
 * [O] Every operation asks who calls and leaves an audit entry. The routes are read off the disk: one without a line in
 * this table fails the first test.
 */
import { createECDH, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DraftSummary } from '@/app/_contract/drafts';
import type { Connection, Operation } from '@/app/_contract/connections';
import type { PutAlertDestinationDone } from '@/app/_contract/alerts';
import type { AttentionList } from '@/app/_contract/attention';
import type { Batch } from '@/app/_contract/batches';
import type { RunDetail } from '@/app/_contract/runs';
import type { GuestInvited } from '@/app/_contract/guests';
import type { PutSubscriptionDone } from '@/app/_contract/events';
import type { PutHookDone } from '@/app/_contract/hooks';
import type { InboxList, QuestionReceipt } from '@/app/_contract/inbox';
import type { KeyRow, MadeKey, MadeLink, PeopleList } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { may, OPERATIONS, ROLE_NAMES, type Operation as Permitted, type Role } from '@/engine/permissions/permissions';
import { unsubscribeToken } from './notifications/settings';
import type { RunAddress } from './runs/address';
import { AT_END, createDraft, END, gestureOf, insert, send, setTitle } from './testing/drafts';
import { METHODS, readRoutes } from './testing/routes';
import { retryingFlow, TILL_FLOW } from './testing/till';
import {
  eventually,
  INTERNAL_TOKEN,
  must,
  PASSWORD,
  startWorld,
  Visitor,
  type Answer,
  type World,
} from './testing/world';

interface Line {
  /** Who may call: roles with this operation; every session; the worker, by its token; or anybody. */
  who: Permitted | 'anySession' | 'worker' | 'anybody';
  /** The operation in the audit trail; null if the call changes nothing. */
  audit: string | null;
  /** Makes what a valid request needs, as an admin, then has the visitor send it, after what only they can make. */
  call: (visitor: Visitor, world: World) => Promise<Answer>;
  /** The status of an allowed call, if it is not 200. */
  status?: number;
}

const requestId = () => randomUUID();
const hookBody = () => ({
  id: randomUUID(),
  flow: 'till',
  title: 'Orders',
  proof: { kind: 'token', header: 'x-token' },
  deliveryId: { kind: 'none' },
  action: { kind: 'start', runId: '' },
  input: '',
});
async function madeHook(world: World): Promise<{ id: string; secret: string }> {
  const { hook, secret } = (await must((await world.as('admin')).post<PutHookDone>(to.hooks(), hookBody()))).body;
  return { id: hook.id, secret: secret ?? '' };
}
// Port 1 is nobody's.
const chatBody = () => ({ id: randomUUID(), title: 'Finance', group: null, address: 'http://127.0.0.1:1/hook' });
const madeChat = async (world: World) =>
  (await must((await world.as('admin')).post<{ id: string }>(to.putChat(), chatBody()))).body.id;
const subscriptionBody = () => ({
  id: randomUUID(),
  title: 'Warehouse',
  target: { kind: 'webhook', address: 'http://127.0.0.1:1/' },
  flows: [],
  kinds: ['run.closed'],
  isOn: false,
});
async function madeSubscription(world: World): Promise<string> {
  const made = (await world.as('admin')).post<PutSubscriptionDone>(to.events(), subscriptionBody());
  return (await must(made)).body.subscription.id;
}
const alertRuleBody = () => ({
  id: randomUUID(),
  condition: { kind: 'eventsStopped', minutes: 60 },
  flows: [],
  targets: ['person person-admin'],
  severity: 'warning',
  holdSeconds: 0,
  // Nothing ends while the test looks.
  clearSeconds: 86_400,
  remindMinutes: null,
  isOn: true,
});
const madeAlertRule = async (world: World) =>
  (await must((await world.as('admin')).post<{ id: string }>(to.putAlertRule(), alertRuleBody()))).body.id;
const pagerBody = () => ({
  id: randomUUID(),
  title: 'Night shift',
  kind: 'pager',
  address: 'http://127.0.0.1:1/',
  routingKey: 'a-key',
});
const madePager = async (world: World) => {
  const made = (await world.as('admin')).post<PutAlertDestinationDone>(to.putAlertDestination(), pagerBody());
  return (await must(made)).body.destination.id;
};
/** One that is open, as the evaluation writes it. */
async function openedAlert(world: World): Promise<{ id: string; targets: string[] }> {
  const facts = { title: 'Till', stepTitle: null, error: '', count: 1, firstMs: 1, firstVersion: 1, measured: null };
  const alert = {
    id: randomUUID(),
    ruleId: await madeAlertRule(world),
    openKey: randomUUID(),
    subject: 'flow till',
    flow: 'till',
    condition: { kind: 'undoFailed' },
    severity: 'warning',
    targets: ['person person-admin'],
    facts: { ...facts, page: '/attention' },
    openedAt: new Date(),
    isStartDue: false,
  };
  await world.web.database.alert.create({ data: alert });
  return alert;
}
const deviceBody = () => ({
  id: requestId(),
  // Nobody answers there.
  endpoint: `https://push.example.invalid/${requestId()}`,
  keys: { p256dh: createECDH('prime256v1').generateKeys('base64url'), auth: randomBytes(16).toString('base64url') },
});
/** An answer of a device to a challenge that was never made. */
const NO_DEVICE = {
  id: 'nothing',
  response: { clientDataJSON: Buffer.from('{"challenge":"none"}').toString('base64url') },
};
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
let retrying: Promise<unknown> | null = null;
/** On a run whose step 'look' waits for its second attempt. */
const onStep =
  (
    url: (workflowId: string, runId: string) => string,
    more: object = {},
    prepare: (run: RunAddress, admin: Visitor) => Promise<unknown> = async () => {}
  ): Line['call'] =>
  async (visitor, world) => {
    const admin = await world.as('admin');
    const document = retryingFlow('till');
    await (retrying ??= must(admin.post(to.publish(), { document })));
    const request = { requestId: requestId(), input: {} };
    const run = (await must(admin.post<RunAddress>(to.startRun(document.name), request))).body;
    const { workflowId, runId } = run;
    await eventually(async () => {
      const handle = world.web.temporal.workflow.getHandle(workflowId, runId);
      expect((await handle.describe()).raw.pendingActivities).toMatchObject([{ attempt: 2 }]);
    });
    await prepare(run, admin);
    return visitor.post(url(workflowId, runId), { requestId: requestId(), activityId: 'look', ...more });
  };
const scheduleBody = (flow: string) => ({
  requestId: requestId(),
  id: `s-${requestId()}`,
  flow,
  when: { kind: 'every', count: 30, unit: 'days' },
  input: { amount: 1, take: '/take', approve: false, pin: '1234' },
  overlap: 'skip',
  catchupMinutes: null,
  jitterSeconds: 0,
  remaining: null,
  pausesOnFailure: false,
  note: '',
});
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
const questionBody = () => ({ questionId: requestId(), text: 'Which budget?', of: null });
/** Asked by somebody who may decide, of the person who started the run. */
const askedQuestion = async (world: World) => {
  const { taskId } = await waitingTask(world);
  const { questionId } = (
    await must((await world.as('approver')).post<QuestionReceipt>(to.askQuestion(taskId), questionBody()))
  ).body;
  return { taskId, questionId };
};
const guestBody = () => ({
  requestId: requestId(),
  email: `${requestId()}@example.test`,
  name: 'Gus',
  decidesFor: null,
  days: 1,
  mail: false,
});
const invitedGuest = async (world: World) => {
  const { taskId, dataHash } = await waitingTask(world);
  const admin = await world.as('admin');
  const { guest, url } = (await must(admin.post<GuestInvited>(to.guests(taskId), guestBody()))).body;
  return { taskId, dataHash, guest, token: url.split('#')[1] ?? '' };
};
const delegationBody = async (world: World) => ({
  requestId: requestId(),
  to: (await somebody(world, [{ role: 'approver', flow: null }])).id,
  fromMs: Date.now(),
  untilMs: Date.now() + 60_000,
  flows: [],
});
const taskBody = () => ({
  namespace: 'default',
  workflowId: 'w',
  runId: 'r',
  workflowType: 'till_v1',
  taskId: `t-${requestId()}`,
});

let guests = 0;
/** A new person, by an accepted invitation. */
const somebody = async (
  world: World,
  grants: { role: Role; flow: string | null }[] = [{ role: 'viewer', flow: null }]
) => {
  const admin = await world.as('admin');
  const email = `${requestId()}@example.test`;
  const link = (await must(admin.post<MadeLink>(to.invite(), { email, name: 'Nia', grants }))).body;
  const token = link.url.split('#')[1];
  // Each from an address of its own: links are limited for each address.
  const guest = new Visitor(world.origin, { 'x-test-client': `10.9.${guests >> 8}.${guests++ & 255}` });
  await must(guest.post(to.useLink(), { token, password: PASSWORD }));
  const { people } = (await must(admin.get<PeopleList>(to.people()))).body;
  const person = people.find((each) => each.email === email);
  if (!person) throw new Error('the invited person is not there');
  return person;
};
const invited = async (world: World) => {
  const admin = await world.as('admin');
  const body = { email: `${requestId()}@example.test`, grants: [{ role: 'viewer', flow: null }] };
  return (await must(admin.post<MadeLink>(to.invite(), body))).body;
};
const tokenOf = ({ url }: MadeLink) => url.split('#')[1] ?? '';
const madeKey = async (world: World) => {
  const admin = await world.as('admin');
  const body = { name: 'reports', grants: [{ role: 'viewer', flow: null }], days: 1 };
  return (await must(admin.post<MadeKey>(to.keys(), body))).body;
};

/** The name of a flow that no other entry uses. */
const publishedApart = async (world: World) => {
  const name = `apart-${requestId()}`;
  await must((await world.as('admin')).post(to.publish(), { document: { ...TILL_FLOW, name } }));
  return name;
};

/** On a new schedule of a flow. */
const onSchedule = (
  who: Permitted,
  audit: string | null,
  call: (visitor: Visitor, id: string, flow: string) => Promise<Answer>
): Line => ({
  who,
  audit,
  call: async (visitor, world) => {
    const flow = await publishedApart(world);
    const made = await must((await world.as('admin')).post<{ id: string }>(to.schedules(), scheduleBody(flow)));
    return call(visitor, made.body.id, flow);
  },
});

const viewBody = () => ({
  requestId: requestId(),
  id: requestId(),
  name: 'Mine',
  search: 'standing=failed',
  columns: {},
  shared: false,
});

/** On a group of the flow 'till', which needs no run. */
const onGroup = (operation: Permitted, url: string, body: object): Line => ({
  who: operation,
  audit: operation,
  call: async (visitor, world) => {
    await world.startTill();
    return visitor.post(url, { requestId: requestId(), flow: 'till', key: 'failed take HttpStatus 500', ...body });
  },
});

/** The engine carries out one at a time. */
const noBatch = (world: World) =>
  eventually(async () => {
    const { namespace } = world.web.config;
    const { operationInfo } = await world.web.temporal.workflowService.listBatchOperations({ namespace });
    expect(operationInfo?.filter(({ closeTime }) => !closeTime)).toEqual([]);
  });

/** A group of runs that try a step again, when no other batch is under way. */
const retriedGroup = async (world: World) => {
  const admin = await world.as('admin');
  const document = retryingFlow('till');
  await (retrying ??= must(admin.post(to.publish(), { document })));
  await must(admin.post(to.startRun(document.name), { requestId: requestId(), input: {} }));
  return eventually(async () => {
    const { groups } = (await must(admin.get<AttentionList>(to.attention(7)))).body;
    const group = groups.find(({ flow, kind }) => flow === document.name && kind === 'retries');
    if (!group) throw new Error('the group is not there');
    await noBatch(world);
    return { requestId: requestId(), flow: group.flow, key: group.key, reason: 'It is mended.' };
  });
};
const startedBatch = async (world: World) => {
  const admin = await world.as('admin');
  return (await must(admin.post<Batch>(to.retryGroup(), await retriedGroup(world)))).body.id;
};
/** A closed run whose effect somebody has acknowledged. */
const closedTill = async (world: World) => {
  const admin = await world.as('admin');
  const { workflowId, runId } = await world.startTill();
  const act = { requestId: requestId(), reason: 'enough' };
  await must(admin.post(to.terminate(workflowId, runId), act));
  const found = { requestId: requestId(), activityId: 'take', found: 'remains', reason: 'the customer has it' };
  await must(admin.post(to.settle(workflowId, runId), found));
  await eventually(async () => {
    const { body } = await must(admin.get<RunDetail>(to.run(workflowId, runId)));
    expect(body.retention?.isHeld).toBe(false);
  });
  return { workflowId, runId };
};
const repeated = () => ({ requestId: requestId(), reason: 'Once more.' });
/** A batch that a run has refused: it is paused already. */
const refusedBatch = async (world: World) => {
  const admin = await world.as('admin');
  const run = await world.startTill();
  await must(admin.post(to.pauseRun(run.workflowId, run.runId), { requestId: requestId(), reason: 'First.' }));
  await noBatch(world);
  const body = { requestId: requestId(), kind: 'pause', runs: [run], reason: 'Second.' };
  const { id } = (await must(admin.post<Batch>(to.batches(), body))).body;
  await noBatch(world);
  return id;
};

/** On a new draft of an administrator. */
const onDraft = (
  who: Permitted,
  audit: string | null,
  call: (visitor: Visitor, draft: DraftSummary, world: World) => Promise<Answer>
): Line => ({
  who,
  audit,
  call: async (visitor, world) => call(visitor, await createDraft(await world.as('admin')), world),
});
const connectionBody = (): Connection => ({
  name: `c${requestId()}`,
  title: 'Shop',
  kind: 'http',
  // Port 1 is nobody's: a call is answered by a report that says so.
  settings: { address: 'http://127.0.0.1:1', headers: {}, auth: { kind: 'none' }, testPath: '/' },
  allow: [],
  options: {},
});
const operationBody = (connection: string): Operation => ({
  connection,
  name: 'read',
  title: 'Read',
  description: '',
  call: {
    kind: 'http',
    method: 'GET',
    path: '/things/{id}',
    query: {},
    headers: {},
    body: 'none',
    answer: 'body',
    idempotencyHeader: '',
  },
  input: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  output: {},
  effect: 'none',
  options: {},
});
const madeConnection = async (world: World) => {
  const admin = await world.as('admin');
  const connection = connectionBody();
  await must(admin.post(to.connections(), { connection, base: 0 }));
  return connection.name;
};

const publishedFlow = async (world: World) => {
  const name = `fix-${requestId().slice(0, 8)}`;
  await must((await world.as('admin')).post(to.publish(), { document: { ...TILL_FLOW, name } }));
  return name;
};
/** A draft of a published flow in which something was changed. */
const fixOfFlow = async (world: World) => {
  const flow = await publishedFlow(world);
  const admin = await world.as('admin');
  const { id: draft } = await createDraft(admin, { kind: 'version', flow, version: 1 });
  await send(admin, draft, [gestureOf(setTitle('take', 'Take it all', 'Take the money'))]);
  return { flow, draft };
};
let checkedFlow: Promise<string> | null = null;
/** A check of a revision that has ended. */
function onGate(
  who: Permitted,
  audit: string | null,
  call: (visitor: Visitor, flow: string, gate: string) => Promise<Answer>
): Line {
  return {
    who,
    audit,
    call: async (visitor, world) => {
      const flow = await (checkedFlow ??= publishedFlow(world));
      const document = { ...TILL_FLOW, name: flow, title: `Fixed ${requestId()}` };
      const { report } = await world.web.versions.startGate({ flow, version: 1, document, startedBy: 'Ada' });
      const gate = report?.id ?? '';
      await eventually(async () => expect((await world.web.versions.getGate(gate)).phase).toBe('checked'));
      return call(visitor, flow, gate);
    },
  };
}

/** Who sends what anybody may send. */
const LAST_ROLE = ROLE_NAMES.at(-1) ?? 'viewer';

const TABLE: Record<string, Line> = {
  'POST /api/audit/check': {
    who: 'audit.check',
    audit: 'audit.check',
    call: (visitor) => visitor.post(to.checkAudit(), {}),
  },
  'GET /api/audit': { who: 'audit.read', audit: null, call: (visitor) => visitor.get(to.audit()) },
  'GET /api/audit/export': {
    who: 'audit.export',
    audit: 'audit.export',
    call: (visitor) => visitor.get(to.auditExport()),
  },
  'GET /api/drafts': { who: 'drafts.list', audit: null, call: (visitor) => visitor.get(to.drafts()) },
  'POST /api/drafts': {
    who: 'drafts.create',
    audit: 'drafts.create',
    call: (visitor) => visitor.post(to.drafts(), { id: requestId(), from: { kind: 'empty', title: 'Drawn' } }),
  },
  'GET /api/drafts/[id]': onDraft('drafts.get', null, (visitor, { id }) => visitor.get(to.draft(id))),
  'GET /api/drafts/[id]/gestures': onDraft('drafts.get', null, (visitor, { id }) => visitor.get(to.gestures(id, 0))),
  'POST /api/drafts/[id]/gestures': onDraft('drafts.edit', 'drafts.edit', (visitor, { id }) =>
    visitor.post(to.gestures(id), { gestures: [gestureOf(insert('one'))], since: 0 })
  ),
  'GET /api/drafts/[id]/code': onDraft('drafts.get', null, (visitor, { id }) => visitor.get(to.draftCode(id))),
  'GET /api/drafts/[id]/project': onDraft('drafts.get', null, async (visitor, { id }, world) => {
    const admin = await world.as('admin');
    await send(admin, id, [gestureOf({ op: 'insert', node: END, slot: AT_END })]);
    return visitor.get(to.draftProject(id));
  }),
  'GET /api/drafts/[id]/history': onDraft('drafts.get', null, (visitor, { id }) => visitor.get(to.draftHistory(id))),
  'GET /api/drafts/[id]/history/stretch': onDraft('drafts.get', null, (visitor, { id }) =>
    visitor.get(to.draftStretch(id, 0, 0))
  ),
  'POST /api/drafts/[id]/rebase': {
    who: 'drafts.edit',
    audit: 'drafts.edit',
    call: async (visitor, world) => {
      const admin = await world.as('admin');
      const name = await publishedApart(world);
      const draft = await createDraft(admin, { kind: 'version', flow: name });
      await must(admin.post(to.publish(), { document: { ...TILL_FLOW, name, title: 'Newer' } }));
      return visitor.post(to.rebaseDraft(draft.id), { onto: 2, gesture: requestId(), take: true });
    },
  },
  'POST /api/drafts/[id]/restore': onDraft('drafts.restore', 'drafts.restore', (visitor, { id }) =>
    visitor.post(to.restoreDraft(id), { number: 0, gesture: requestId() })
  ),
  'POST /api/drafts/[id]/tags': onDraft('drafts.tag', 'drafts.tag', (visitor, { id }) =>
    visitor.post(to.tagDraft(id), { add: ['money'], remove: [] })
  ),
  'POST /api/drafts/[id]/archive': onDraft('drafts.archive', 'drafts.archive', (visitor, { id }) =>
    visitor.post(to.archiveDraft(id), {})
  ),
  'POST /api/drafts/[id]/unarchive': onDraft('drafts.unarchive', 'drafts.unarchive', (visitor, { id }) =>
    visitor.post(to.unarchiveDraft(id), {})
  ),
  'POST /api/drafts/[id]/publish': onDraft('flows.publish', 'flows.publish', async (visitor, { id }, world) => {
    const drawn = gestureOf({ op: 'insert', node: END, slot: AT_END });
    await send(await world.as('admin'), id, [drawn]);
    return visitor.post(to.publishDraft(id), { number: 1 });
  }),
  'POST /api/entry/forgot': {
    who: 'anybody',
    // Without a mail server; mail.test.ts has the rest.
    audit: null,
    status: 409,
    call: (visitor) => visitor.post(to.forgotPassword(), { email: `${LAST_ROLE}@example.test` }),
  },
  'POST /api/entry/look': {
    who: 'anybody',
    audit: null,
    call: async (visitor, world) => visitor.post(to.lookAtLink(), { token: tokenOf(await invited(world)) }),
  },
  'POST /api/entry/use': {
    who: 'anybody',
    audit: 'people.accept',
    call: async (visitor, world) =>
      visitor.post(to.useLink(), { token: tokenOf(await invited(world)), name: 'Nia', password: PASSWORD }),
  },
  'GET /api/catalogue': { who: 'catalogue.get', audit: null, call: (visitor) => visitor.get(to.catalogue()) },
  'GET /api/connections': { who: 'connections.list', audit: null, call: (visitor) => visitor.get(to.connections()) },
  'POST /api/connections': {
    who: 'connections.put',
    audit: 'connections.put',
    call: (visitor) => visitor.post(to.connections(), { connection: connectionBody(), base: 0 }),
  },
  'GET /api/connections/[name]': {
    who: 'connections.list',
    audit: null,
    call: async (visitor, world) => visitor.get(to.connection(await madeConnection(world))),
  },
  'POST /api/connections/[name]/archive': {
    who: 'connections.archive',
    audit: 'connections.archive',
    call: async (visitor, world) => visitor.post(to.archiveConnection(await madeConnection(world)), { archived: true }),
  },
  'POST /api/connections/[name]/test': {
    who: 'connections.test',
    audit: 'connections.test',
    call: async (visitor, world) => visitor.post(to.testConnection(await madeConnection(world)), {}),
  },
  'POST /api/connections/[name]/send-once': {
    who: 'operations.sendOnce',
    audit: 'operations.sendOnce',
    call: async (visitor, world) => {
      const name = await madeConnection(world);
      return visitor.post(to.sendOnce(name), { operation: operationBody(name), input: { id: '7' } });
    },
  },
  'POST /api/connections/[name]/operations': {
    who: 'operations.put',
    audit: 'operations.put',
    call: async (visitor, world) => {
      const name = await madeConnection(world);
      return visitor.post(to.putOperations(name), { operations: [{ operation: operationBody(name), base: 0 }] });
    },
  },
  'POST /api/connections/[name]/operations/[operation]/archive': {
    who: 'operations.archive',
    audit: 'operations.archive',
    call: async (visitor, world) => {
      const name = await madeConnection(world);
      const admin = await world.as('admin');
      await must(admin.post(to.putOperations(name), { operations: [{ operation: operationBody(name), base: 0 }] }));
      return visitor.post(to.archiveOperation(name, 'read'), { archived: true });
    },
  },
  'GET /api/secrets': { who: 'secrets.list', audit: null, call: (visitor) => visitor.get(to.secrets()) },
  'POST /api/secrets': {
    who: 'secrets.put',
    audit: 'secrets.put',
    call: (visitor) => visitor.post(to.secrets(), { name: 'token', value: 'x' }),
  },
  'POST /api/drafts/[id]/trial': {
    who: 'flows.try',
    // Nothing is changed and nothing is sent.
    audit: null,
    call: (visitor) => visitor.post(to.tryDraft('new'), { document: TILL_FLOW, plan: {} }),
  },
  'POST /api/drafts/[id]/trial/matrix': {
    who: 'flows.try',
    audit: null,
    call: (visitor) => visitor.post(to.tryMatrix('new'), { document: TILL_FLOW, plan: {} }),
  },
  'GET /api/schedules': { who: 'schedules.list', audit: null, call: (visitor) => visitor.get(to.schedules()) },
  'POST /api/schedules': {
    who: 'schedules.create',
    audit: 'schedules.create',
    call: async (visitor, world) => visitor.post(to.schedules(), scheduleBody(await publishedApart(world))),
  },
  'GET /api/schedules/preview': {
    who: 'schedules.create',
    audit: null,
    call: (visitor) => visitor.get(to.previewSchedule(JSON.stringify(scheduleBody('any').when))),
  },
  'GET /api/schedules/[id]': onSchedule('schedules.get', null, (visitor, id) => visitor.get(to.schedule(id))),
  'POST /api/schedules/[id]': onSchedule('schedules.update', 'schedules.update', (visitor, id, flow) => {
    const { id: _, ...settings } = scheduleBody(flow);
    return visitor.post(to.schedule(id), { ...settings, token: '' });
  }),
  'GET /api/schedules/[id]/times': onSchedule('schedules.get', null, (visitor, id) =>
    visitor.get(to.scheduleTimes(id, Date.now(), Date.now() + 86_400_000))
  ),
  'POST /api/schedules/[id]/pause': onSchedule('schedules.patch', 'schedules.patch', (visitor, id) =>
    visitor.post(to.pauseSchedule(id), { requestId: requestId(), paused: true, note: 'holiday' })
  ),
  'POST /api/schedules/[id]/trigger': onSchedule('schedules.patch', 'schedules.patch', (visitor, id) =>
    visitor.post(to.triggerSchedule(id), { requestId: requestId() })
  ),
  'POST /api/schedules/[id]/backfill': onSchedule('schedules.patch', 'schedules.patch', (visitor, id) =>
    visitor.post(to.backfillSchedule(id), { requestId: requestId(), fromMs: 0, untilMs: 1, overlap: 'skip' })
  ),
  'POST /api/schedules/[id]/delete': onSchedule('schedules.delete', 'schedules.delete', (visitor, id) =>
    visitor.post(to.deleteSchedule(id), { requestId: requestId() })
  ),
  'GET /api/first-account': { who: 'anybody', audit: null, call: (visitor) => visitor.get(to.firstAccount()) },
  'POST /api/groups': {
    who: 'groups.put',
    audit: 'groups.put',
    call: (visitor) => visitor.post(to.putGroup(), { name: 'finance', members: [], grants: [] }),
  },
  'POST /api/groups/[name]/remove': {
    who: 'groups.remove',
    audit: 'groups.remove',
    call: async (visitor, world) => {
      const admin = await world.as('admin');
      await must(admin.post(to.putGroup(), { name: 'passing', members: [], grants: [] }));
      return visitor.post(to.removeGroup('passing'), {});
    },
  },
  'GET /api/keys': { who: 'keys.list', audit: null, call: (visitor) => visitor.get(to.keys()) },
  'POST /api/keys': {
    who: 'keys.create',
    audit: 'keys.create',
    call: (visitor) => visitor.post(to.keys(), { name: 'ci', grants: [{ role: 'operator', flow: null }], days: null }),
  },
  'POST /api/keys/[id]/revoke': {
    who: 'keys.revoke',
    audit: 'keys.revoke',
    call: async (visitor, world) => visitor.post<KeyRow>(to.revokeKey((await madeKey(world)).key.id), {}),
  },
  'POST /api/chats': {
    who: 'chats.put',
    audit: 'chats.put',
    call: (visitor) => visitor.post(to.putChat(), chatBody()),
  },
  'POST /api/chats/[id]/test': {
    who: 'chats.test',
    audit: 'chats.test',
    call: async (visitor, world) => visitor.post(to.testChat(await madeChat(world)), {}),
  },
  'POST /api/chats/[id]/remove': {
    who: 'chats.remove',
    audit: 'chats.remove',
    call: async (visitor, world) => visitor.post(to.removeChat(await madeChat(world)), {}),
  },
  'GET /api/notifications': {
    who: 'notifications.list',
    audit: null,
    call: (visitor) => visitor.get(to.notifications()),
  },
  'POST /api/notifications/retry': {
    who: 'notifications.retry',
    audit: 'notifications.retry',
    call: (visitor) => visitor.post(to.retryNotifications(), { id: null }),
  },
  'GET /api/retention': {
    who: 'namespaces.update',
    audit: null,
    call: (visitor) => visitor.get(to.retention()),
  },
  'GET /api/retention/expired': {
    who: 'namespaces.update',
    audit: null,
    call: (visitor, world) => visitor.get(to.expired(world.web.config.namespace, 30)),
  },
  'POST /api/retention': {
    who: 'namespaces.update',
    audit: 'namespaces.update',
    call: (visitor, world) => visitor.post(to.setRetention(), { namespace: world.web.config.namespace, days: null }),
  },
  'GET /api/people': { who: 'people.list', audit: null, call: (visitor) => visitor.get(to.people()) },
  'POST /api/people/invitations': {
    who: 'people.invite',
    audit: 'people.invite',
    call: (visitor) =>
      visitor.post(to.invite(), {
        email: `${requestId()}@example.test`,
        grants: [{ role: 'operator', flow: 'till' }],
      }),
  },
  'POST /api/people/invitations/[id]/withdraw': {
    who: 'people.withdrawInvitation',
    audit: 'people.withdrawInvitation',
    call: async (visitor, world) => visitor.post(to.withdrawInvitation((await invited(world)).id), {}),
  },
  'POST /api/people/[personId]/deactivate': {
    who: 'people.deactivate',
    audit: 'people.deactivate',
    call: async (visitor, world) => visitor.post(to.deactivate((await somebody(world)).id), { reason: 'left' }),
  },
  'POST /api/people/[personId]/reactivate': {
    who: 'people.reactivate',
    audit: 'people.reactivate',
    call: async (visitor, world) => visitor.post(to.reactivate((await somebody(world)).id), {}),
  },
  'POST /api/people/[personId]/reset-password': {
    who: 'people.resetPassword',
    audit: 'people.resetPassword',
    call: async (visitor, world) => visitor.post(to.resetPassword((await somebody(world)).id), {}),
  },
  'POST /api/people/[personId]/second-factor/remove': {
    who: 'people.removeSecondFactor',
    audit: 'people.removeSecondFactor',
    call: async (visitor, world) => {
      const { id } = await somebody(world);
      const { database } = world.web;
      await database.user.update({ where: { id }, data: { twoFactorEnabled: true } });
      await database.twoFactor.create({ data: { id, userId: id, secret: 's', backupCodes: '[]', verified: true } });
      return visitor.post(to.removeSecondFactor(id), {});
    },
  },
  'GET /api/flows/[flow]/revisions': {
    who: 'flows.get',
    audit: null,
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.get(to.revisions('till'));
    },
  },
  'POST /api/flows/[flow]/gates': {
    who: 'flows.checkRevision',
    audit: 'flows.checkRevision',
    call: async (visitor, world) => {
      const { flow, draft } = await fixOfFlow(world);
      return visitor.post(to.gates(flow), { version: 1, draft: { id: draft, number: 1 } });
    },
  },
  'GET /api/flows/[flow]/gates/[gate]': onGate('flows.get', null, (visitor, flow, gate) =>
    visitor.get(to.gate(flow, gate))
  ),
  'POST /api/flows/[flow]/gates/[gate]/end': onGate('flows.endCheck', 'flows.endCheck', (visitor, flow, gate) =>
    visitor.post(to.endGate(flow, gate), {})
  ),
  'POST /api/flows/[flow]/gates/[gate]/live': onGate(
    'flows.publishRevision',
    'flows.publishRevision',
    (visitor, flow, gate) => visitor.post(to.goLive(flow, gate), { note: 'Because', breaking: 0 })
  ),
  'POST /api/people/[personId]/roles': {
    who: 'people.setRoles',
    audit: 'people.setRoles',
    call: async (visitor, world) =>
      visitor.post(to.setRoles((await somebody(world)).id), { grants: [{ role: 'approver', flow: null }], groups: [] }),
  },
  'POST /api/auth/[...all]': {
    who: 'anybody',
    audit: 'people.signIn',
    call: (visitor) => visitor.post(to.signIn(), { email: `${LAST_ROLE}@example.test`, password: PASSWORD }),
  },
  'POST /api/example': {
    who: 'flows.publish',
    audit: 'flows.publish',
    call: (visitor) => visitor.post(to.installExample(), {}),
  },
  'POST /api/first-account': {
    who: 'anybody',
    // If an account exists, the request is refused first; people.test.ts checks that it is audited.
    audit: null,
    call: (visitor) =>
      visitor.post(to.firstAccount(), { name: 'Ada', email: 'a@example.test', password: 'long enough it is' }),
    status: 403,
  },
  'GET /api/flows': { who: 'flows.list', audit: null, call: (visitor) => visitor.get(to.flows()) },
  'POST /api/flows': {
    who: 'flows.publish',
    audit: 'flows.publish',
    call: (visitor) => visitor.post(to.publish(), { document: { ...TILL_FLOW, title: `Till ${requestId()}` } }),
  },
  'GET /api/flows/[flow]': {
    who: 'flows.get',
    audit: null,
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.get(to.flow('till'));
    },
  },
  'GET /api/flows/[flow]/retention': {
    who: 'flows.get',
    audit: null,
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.get(to.flowRetention('till'));
    },
  },
  'GET /api/flows/[flow]/project': {
    who: 'flows.get',
    audit: null,
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.get(to.flowProject('till', 1));
    },
  },
  'GET /api/flows/[flow]/versions': {
    who: 'flows.get',
    audit: null,
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.get(to.versions('till'));
    },
  },
  'POST /api/flows/[flow]/versions/[version]/retire': {
    who: 'flows.retire',
    audit: 'flows.retire',
    call: async (visitor, world) => visitor.post(to.retireVersion(await publishedApart(world), 1), { evenLast: true }),
  },
  'POST /api/flows/[flow]/archive': {
    who: 'flows.archive',
    audit: 'flows.archive',
    call: async (visitor, world) => visitor.post(to.archiveFlow(await publishedApart(world)), {}),
  },
  'POST /api/flows/[flow]/unarchive': {
    who: 'flows.unarchive',
    audit: 'flows.unarchive',
    call: async (visitor, world) => visitor.post(to.unarchiveFlow(await publishedApart(world)), {}),
  },
  'POST /api/flows/[flow]/versions/[version]/unretire': {
    who: 'flows.unretire',
    audit: 'flows.unretire',
    call: async (visitor, world) => visitor.post(to.unretireVersion(await publishedApart(world), 1), {}),
  },
  'POST /api/flows/[flow]/versions/[version]/restore': {
    who: 'drafts.restore',
    audit: 'drafts.restore',
    call: async (visitor, world) => {
      const body = { gesture: requestId(), draft: requestId() };
      return visitor.post(to.restoreVersion(await publishedApart(world), 1), body);
    },
  },
  'POST /api/flows/[flow]/runs': {
    who: 'runs.start',
    audit: 'runs.start',
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.post(to.startRun('till'), { requestId: requestId(), input: { amount: 5, take: '/take' } });
    },
  },
  ...Object.fromEntries(
    METHODS.map((method): [string, Line] => [
      `${method} /api/[...unknown]`,
      {
        who: 'anybody',
        audit: null,
        call: (visitor) => visitor.call('/api/nothing/here', { method, headers: { origin: visitor.origin } }),
        status: 404,
      },
    ])
  ),
  'GET /api/workers': { who: 'workers.list', audit: null, call: (visitor) => visitor.get(to.workers()) },
  'GET /api/metrics': { who: 'metrics.read', audit: null, call: (visitor) => visitor.get(to.metrics()) },
  'GET /api/health': { who: 'anybody', audit: null, call: (visitor) => visitor.get(to.health()) },
  'GET /api/events': { who: 'events.list', audit: null, call: (visitor) => visitor.get(to.events()) },
  'GET /api/events/[subscription]': {
    who: 'events.list',
    audit: null,
    call: async (visitor, world) => visitor.get(to.subscription(await madeSubscription(world))),
  },
  'POST /api/events': {
    who: 'events.put',
    audit: 'events.put',
    call: (visitor) => visitor.post(to.events(), subscriptionBody()),
  },
  'POST /api/events/[subscription]/remove': {
    who: 'events.remove',
    audit: 'events.remove',
    call: async (visitor, world) => visitor.post(to.removeSubscription(await madeSubscription(world)), {}),
  },
  'POST /api/events/[subscription]/replace-secret': {
    who: 'events.rotate',
    audit: 'events.rotate',
    call: async (visitor, world) => visitor.post(to.replaceEventSecret(await madeSubscription(world)), {}),
  },
  'POST /api/events/[subscription]/test': {
    who: 'events.test',
    audit: 'events.test',
    call: async (visitor, world) => visitor.post(to.testSubscription(await madeSubscription(world)), {}),
  },
  'POST /api/events/[subscription]/replay': {
    who: 'events.replay',
    audit: 'events.replay',
    call: async (visitor, world) =>
      visitor.post(to.replayEvents(await madeSubscription(world)), { from: { kind: 'now' } }),
  },
  'GET /api/hooks': { who: 'hooks.list', audit: null, call: (visitor) => visitor.get(to.hooks('till')) },
  'POST /api/hooks': {
    who: 'hooks.put',
    audit: 'hooks.put',
    call: (visitor) => visitor.post(to.hooks(), hookBody()),
  },
  'POST /api/hooks/[hook]/remove': {
    who: 'hooks.remove',
    audit: 'hooks.remove',
    call: async (visitor, world) => visitor.post(to.removeHook((await madeHook(world)).id), {}),
  },
  'POST /api/hooks/[hook]/deliver': {
    // Whoever knows the secret of the webhook.
    who: 'anybody',
    audit: 'runs.start',
    call: async (visitor, world) => {
      const { id, secret } = await madeHook(world);
      return visitor.post(to.deliver(id), { amount: 5, take: '/take' }, { 'x-token': secret });
    },
  },
  'GET /api/views': { who: 'views.list', audit: null, call: (visitor) => visitor.get(to.views()) },
  'POST /api/views': {
    who: 'views.put',
    audit: 'views.put',
    call: (visitor) => visitor.post(to.views(), viewBody()),
  },
  'POST /api/views/[view]/remove': {
    who: 'views.remove',
    audit: 'views.remove',
    call: async (visitor) => {
      const view = viewBody();
      await visitor.post(to.views(), view);
      return visitor.post(to.removeView(view.id), {});
    },
  },
  'POST /api/views/default': {
    who: 'views.choose',
    audit: 'views.choose',
    call: (visitor) => visitor.post(to.defaultView(), { id: null }),
  },
  'GET /api/attention': { who: 'attention.list', audit: null, call: (visitor) => visitor.get(to.attention(7)) },
  'POST /api/attention/own': onGroup('attention.own', to.ownGroup(), { own: true }),
  'POST /api/attention/acknowledge': onGroup('attention.acknowledge', to.acknowledgeGroup(), { acknowledged: true }),
  'POST /api/attention/snooze': onGroup('attention.snooze', to.snoozeGroup(), { minutes: 60 }),
  'POST /api/attention/note': onGroup('attention.note', to.noteGroup(), { text: 'known' }),
  'GET /api/alerts': { who: 'alerts.list', audit: null, call: (visitor) => visitor.get(to.alerts()) },
  'GET /api/alerts/open': { who: 'alerts.list', audit: null, call: (visitor) => visitor.get(to.openAlerts()) },
  'POST /api/alerts/rules': {
    who: 'alerts.putRule',
    audit: 'alerts.putRule',
    call: (visitor) => visitor.post(to.putAlertRule(), alertRuleBody()),
  },
  'POST /api/alerts/rules/preview': {
    who: 'alerts.putRule',
    audit: null,
    call: (visitor) => visitor.post(to.previewAlertRule(), { condition: { kind: 'undoFailed' }, flows: [] }),
  },
  'POST /api/alerts/rules/[rule]/remove': {
    who: 'alerts.removeRule',
    audit: 'alerts.removeRule',
    call: async (visitor, world) => visitor.post(to.removeAlertRule(await madeAlertRule(world)), {}),
  },
  'POST /api/alerts/destinations': {
    who: 'alerts.putDestination',
    audit: 'alerts.putDestination',
    call: (visitor) => visitor.post(to.putAlertDestination(), pagerBody()),
  },
  'POST /api/alerts/destinations/[destination]/remove': {
    who: 'alerts.removeDestination',
    audit: 'alerts.removeDestination',
    call: async (visitor, world) => visitor.post(to.removeAlertDestination(await madePager(world)), {}),
  },
  'POST /api/alerts/test': {
    who: 'alerts.test',
    audit: 'alerts.test',
    call: async (visitor, world) =>
      visitor.post(to.testAlertTarget(), { target: `destination ${await madePager(world)}` }),
  },
  'POST /api/alerts/silence': {
    who: 'alerts.silence',
    audit: 'alerts.silence',
    call: async (visitor, world) =>
      visitor.post(to.silenceAlert(), {
        ruleId: await madeAlertRule(world),
        subject: null,
        minutes: 60,
        reason: 'It is being mended.',
      }),
  },
  'POST /api/alerts/[alert]/acknowledge': {
    who: 'alerts.acknowledge',
    audit: 'alerts.acknowledge',
    call: async (visitor, world) => visitor.post(to.acknowledgeAlert((await openedAlert(world)).id), {}),
  },
  'POST /api/internal/alerts/tell': {
    who: 'worker',
    audit: null,
    call: async (visitor, world) => {
      const { id, targets } = await openedAlert(world);
      return visitor.post(to.tellAlert(), { alert: id, target: targets[0] });
    },
  },
  'POST /api/internal/alerts/plan': {
    who: 'worker',
    audit: null,
    call: async (visitor, world) => visitor.post(to.planAlert(), { alert: (await openedAlert(world)).id }),
  },
  'POST /api/attention/retry': {
    who: 'batches.start',
    audit: 'batches.start',
    call: async (visitor, world) => visitor.post(to.retryGroup(), await retriedGroup(world)),
  },
  'POST /api/retention/flows': {
    who: 'namespaces.update',
    audit: 'namespaces.update',
    call: (visitor) => visitor.post(to.setFlowRetention(), { flow: 'till', own: { days: 36_500 } }),
  },
  'POST /api/runs/[workflowId]/[runId]/keep': {
    who: 'runs.keep',
    audit: 'runs.keep',
    call: async (visitor, world) => {
      const { workflowId, runId } = await closedTill(world);
      return visitor.post(to.keepRun(workflowId, runId), { isKept: true, reason: 'for the audit' });
    },
  },
  'POST /api/runs/[workflowId]/[runId]/delete': {
    who: 'runs.delete',
    audit: 'runs.delete',
    call: async (visitor, world) => {
      const { workflowId, runId } = await closedTill(world);
      return visitor.post(to.deleteRun(workflowId, runId), { reason: 'a test' });
    },
  },
  'GET /api/batches': { who: 'batches.list', audit: null, call: (visitor) => visitor.get(to.batches()) },
  'GET /api/batches/preview': {
    who: 'batches.start',
    audit: null,
    call: (visitor) => visitor.get(to.previewBatch('flow=till')),
  },
  'POST /api/batches': {
    who: 'batches.start',
    audit: 'batches.start',
    call: async (visitor, world) => {
      await noBatch(world);
      // No run began before that.
      const filters = { flow: 'till', startedBeforeMs: 1 };
      return visitor.post(to.batches(), { requestId: requestId(), kind: 'cancel', filters, reason: 'Wrong price.' });
    },
  },
  'GET /api/batches/[batch]': {
    who: 'batches.get',
    audit: null,
    call: async (visitor, world) => visitor.get(to.batch(await startedBatch(world))),
  },
  'GET /api/batches/[batch]/results': {
    who: 'batches.get',
    audit: null,
    call: async (visitor, world) => visitor.get(to.batchResults(await startedBatch(world))),
  },
  'GET /api/batches/[batch]/results/export': {
    who: 'batches.export',
    audit: 'batches.export',
    call: async (visitor, world) => visitor.get(to.exportBatch(await startedBatch(world))),
  },
  'POST /api/batches/[batch]/repeat': {
    who: 'batches.start',
    audit: 'batches.start',
    call: async (visitor, world) => visitor.post(to.repeatBatch(await refusedBatch(world)), repeated()),
  },
  'POST /api/batches/[batch]/stop': {
    who: 'batches.stop',
    audit: 'batches.stop',
    call: async (visitor, world) => visitor.post(to.stopBatch(await startedBatch(world)), { reason: 'enough' }),
  },
  'GET /api/inbox': { who: 'inbox.list', audit: null, call: (visitor) => visitor.get(to.inbox()) },
  'GET /api/inbox/[taskId]': {
    who: 'inbox.get',
    audit: null,
    call: async (visitor, world) => visitor.get(to.task((await waitingTask(world)).taskId)),
  },
  'GET /api/delegations': { who: 'inbox.delegate', audit: null, call: (visitor) => visitor.get(to.delegations()) },
  'POST /api/delegations': {
    who: 'inbox.delegate',
    audit: 'inbox.delegate',
    call: async (visitor, world) => visitor.post(to.delegations(), await delegationBody(world)),
  },
  'POST /api/delegations/[id]/end': {
    who: 'inbox.endDelegation',
    audit: 'inbox.endDelegation',
    call: async (visitor, world) => {
      const body = await delegationBody(world);
      await visitor.post(to.delegations(), body);
      return visitor.post(to.endDelegation(body.requestId), {});
    },
  },
  'POST /api/inbox/preview': {
    who: 'inbox.decide',
    // Nothing is decided.
    audit: null,
    call: async (visitor, world) => {
      const { taskId, dataHash } = await waitingTask(world);
      return visitor.post(to.previewDecisions(), { decision: 'approve', tasks: [{ taskId, dataHash }] });
    },
  },
  'GET /api/inbox/[taskId]/guests': {
    who: 'inbox.listGuests',
    audit: null,
    call: async (visitor, world) => visitor.get(to.guests((await waitingTask(world)).taskId)),
  },
  'POST /api/inbox/[taskId]/guests': {
    who: 'inbox.inviteGuest',
    audit: 'inbox.inviteGuest',
    call: async (visitor, world) => visitor.post(to.guests((await waitingTask(world)).taskId), guestBody()),
  },
  'POST /api/inbox/[taskId]/guests/[id]/revoke': {
    who: 'inbox.revokeGuest',
    audit: 'inbox.revokeGuest',
    call: async (visitor, world) => {
      const { taskId, guest } = await invitedGuest(world);
      return visitor.post(to.revokeGuest(taskId, guest.id), {});
    },
  },
  'POST /api/guest/look': {
    who: 'anybody',
    audit: null,
    call: async (visitor, world) => visitor.post(to.lookAsGuest(), { token: (await invitedGuest(world)).token }),
  },
  'POST /api/guest/decide': {
    who: 'anybody',
    audit: 'inbox.decide',
    call: async (visitor, world) => {
      const { token, dataHash } = await invitedGuest(world);
      return visitor.post(to.decideAsGuest(), { token, dataHash, decision: 'approve', comment: 'seen' });
    },
  },
  'GET /api/inbox/[taskId]/candidates': {
    who: 'inbox.assign',
    audit: null,
    call: async (visitor, world) => visitor.get(to.candidates((await waitingTask(world)).taskId)),
  },
  'POST /api/inbox/[taskId]/claim': {
    who: 'inbox.claim',
    audit: 'inbox.claim',
    call: async (visitor, world) => visitor.post(to.claimTask((await waitingTask(world)).taskId), { from: null }),
  },
  'POST /api/inbox/[taskId]/release': {
    who: 'inbox.release',
    audit: 'inbox.release',
    call: async (visitor, world) => {
      const { taskId } = await waitingTask(world);
      await visitor.post(to.claimTask(taskId), { from: null });
      return visitor.post(to.releaseTask(taskId), {});
    },
  },
  'POST /api/inbox/[taskId]/assign': {
    who: 'inbox.assign',
    audit: 'inbox.assign',
    call: async (visitor, world) =>
      visitor.post(to.assignTask((await waitingTask(world)).taskId), { from: null, to: null }),
  },
  'GET /api/inbox/[taskId]/askable': {
    who: 'inbox.askQuestion',
    audit: null,
    call: async (visitor, world) => visitor.get(to.askable((await waitingTask(world)).taskId)),
  },
  'POST /api/inbox/[taskId]/questions': {
    who: 'inbox.askQuestion',
    audit: 'inbox.askQuestion',
    call: async (visitor, world) => visitor.post(to.askQuestion((await waitingTask(world)).taskId), questionBody()),
  },
  'POST /api/inbox/[taskId]/questions/[id]/answer': {
    who: 'inbox.answerQuestion',
    audit: null,
    // Somebody else was asked.
    status: 403,
    call: async (visitor, world) => {
      const { taskId, questionId } = await askedQuestion(world);
      return visitor.post(to.answerQuestion(taskId, questionId), { text: 'Ours.' });
    },
  },
  'POST /api/inbox/[taskId]/questions/[id]/withdraw': {
    who: 'inbox.withdrawQuestion',
    audit: 'inbox.withdrawQuestion',
    call: async (visitor, world) => {
      const { taskId, questionId } = await askedQuestion(world);
      return visitor.post(to.withdrawQuestion(taskId, questionId), {});
    },
  },
  'POST /api/inbox/[taskId]/take-back': {
    who: 'inbox.takeBack',
    audit: 'inbox.takeBack',
    // Nothing of the till can be taken back.
    status: 409,
    call: async (visitor, world) => {
      const { taskId } = await waitingTask(world);
      return visitor.post(to.takeBackTask(taskId), { requestId: requestId() });
    },
  },
  'POST /api/inbox/[taskId]/decide': {
    who: 'inbox.decide',
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
  'POST /api/internal/human-tasks/ask': {
    who: 'worker',
    audit: null,
    call: (visitor) => visitor.post(to.askTask(), { ...taskBody(), candidates: ['finance'], events: [] }),
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
    call: async (visitor, world) =>
      visitor.post(to.openTask(), {
        ...taskBody(),
        // The sensitive fields are read from the run that asks.
        ...(await world.startTill()),
        flow: 'till',
        nodeId: 'approve',
        title: 'Approve',
        question: '?',
        candidates: [],
        requireComment: 'never',
        data: {},
        dataHash: 'h',
        schema: null,
        dueAtMs: null,
      }),
  },
  'GET /api/account': { who: 'anySession', audit: null, call: (visitor) => visitor.get(to.account()) },
  'POST /api/account/preferences': {
    who: 'anySession',
    audit: 'people.choosePreferences',
    call: (visitor) => visitor.post(to.preferences(), { zone: 'utc' }),
  },
  'POST /api/account/password': {
    who: 'anySession',
    audit: 'people.changePassword',
    status: 422,
    call: (visitor) => visitor.post(to.changePassword(), { current: `not ${PASSWORD}`, password: PASSWORD }),
  },
  'POST /api/account/second-factor/prepare': {
    who: 'anySession',
    audit: 'people.prepareSecondFactor',
    call: (visitor) => visitor.post(to.prepareSecondFactor(), { password: PASSWORD }),
  },
  // second-factor-rule.test.ts turns it on: nobody of this table could go on.
  'POST /api/people/second-factor-rule': {
    who: 'people.setSecondFactorRule',
    audit: 'people.setSecondFactorRule',
    call: (visitor) => visitor.post(to.setSecondFactorRule(), { forAll: false }),
  },
  // provider.test.ts has who is connected.
  'POST /api/account/provider/disconnect': {
    who: 'anySession',
    audit: 'people.disconnectProvider',
    status: 409,
    call: (visitor) => visitor.post(to.disconnectProvider(), { password: PASSWORD }),
  },
  'POST /api/account/second-factor/on': {
    who: 'anySession',
    audit: 'people.turnOnSecondFactor',
    status: 401,
    call: async (visitor) => {
      await visitor.post(to.prepareSecondFactor(), { password: PASSWORD });
      // A code of another app.
      return visitor.post(to.turnOnSecondFactor(), { code: '000000' });
    },
  },
  'POST /api/account/second-factor/off': {
    who: 'anySession',
    audit: 'people.turnOffSecondFactor',
    status: 409,
    call: (visitor) => visitor.post(to.turnOffSecondFactor(), { password: PASSWORD }),
  },
  'POST /api/account/second-factor/recovery-codes': {
    who: 'anySession',
    audit: 'people.renewRecoveryCodes',
    status: 409,
    call: (visitor) => visitor.post(to.renewRecoveryCodes(), { password: PASSWORD }),
  },
  // second-factor.test.ts has what it does after a first step.
  'POST /api/entry/code': {
    who: 'anybody',
    audit: null,
    status: 401,
    call: (visitor) => visitor.post(to.signInWithCode(), { kind: 'app', code: '000000' }),
  },
  'POST /api/account/passkeys/begin': {
    who: 'anySession',
    audit: 'people.beginPasskey',
    call: (visitor) => visitor.post(to.beginPasskey(), { password: PASSWORD }),
  },
  'POST /api/account/passkeys': {
    who: 'anySession',
    audit: 'people.addPasskey',
    status: 401,
    // Of no challenge of ours; passkeys.test.ts has a device.
    call: (visitor) => visitor.post(to.addPasskey(), { name: 'A phone', response: NO_DEVICE }),
  },
  'POST /api/account/passkeys/[id]/name': {
    who: 'anySession',
    audit: 'people.namePasskey',
    status: 409,
    call: (visitor) => visitor.post(to.namePasskey(requestId()), { name: 'A phone' }),
  },
  'GET /api/account/notifications': {
    who: 'anySession',
    audit: null,
    call: (visitor) => visitor.get(to.ownNotifications()),
  },
  'POST /api/account/notifications': {
    who: 'anySession',
    audit: 'people.setNotifications',
    call: (visitor) =>
      visitor.post(to.ownNotifications(), { mode: 'daily', at: '08:00', zone: 'Europe/Berlin', off: [] }),
  },
  // It leads to the page.
  'GET /api/notifications/unsubscribe/[token]': {
    who: 'anybody',
    audit: null,
    status: 303,
    call: (visitor) => visitor.get(to.unsubscribe('token')),
  },
  'POST /api/notifications/unsubscribe/[token]': {
    who: 'anybody',
    audit: 'people.unsubscribe',
    call: (visitor, world) => visitor.post(to.unsubscribe(unsubscribeToken(world.web, `person-${LAST_ROLE}`)), {}),
  },
  'GET /api/account/devices': { who: 'anySession', audit: null, call: (visitor) => visitor.get(to.devices()) },
  'POST /api/account/devices': {
    who: 'anySession',
    audit: 'people.addDevice',
    call: (visitor) => visitor.post(to.devices(), deviceBody()),
  },
  'POST /api/account/devices/[id]/test': {
    who: 'anySession',
    audit: 'people.testDevice',
    call: async (visitor) => {
      const device = deviceBody();
      await visitor.post(to.devices(), device);
      return visitor.post(to.testDevice(device.id), {});
    },
  },
  'POST /api/account/devices/[id]/remove': {
    who: 'anySession',
    audit: 'people.removeDevice',
    call: async (visitor) => {
      const device = deviceBody();
      await visitor.post(to.devices(), device);
      return visitor.post(to.removeDevice(device.id), {});
    },
  },
  'POST /api/account/passkeys/[id]/remove': {
    who: 'anySession',
    audit: 'people.removePasskey',
    status: 409,
    call: (visitor) => visitor.post(to.removePasskey(requestId()), {}),
  },
  'POST /api/entry/passkey/begin': {
    who: 'anybody',
    audit: null,
    call: (visitor) => visitor.post(to.beginPasskeySignIn(), {}),
  },
  'POST /api/entry/passkey': {
    who: 'anybody',
    audit: null,
    status: 401,
    call: (visitor) => visitor.post(to.signInWithPasskey(), { response: NO_DEVICE }),
  },
  // No provider is configured here; provider.test.ts has one.
  'POST /api/entry/provider/start': {
    who: 'anybody',
    audit: null,
    status: 409,
    call: (visitor) => visitor.post(to.startWithProvider(), { back: '/' }),
  },
  'GET /api/entry/provider/callback': {
    who: 'anybody',
    audit: null,
    status: 303,
    call: (visitor) => visitor.get(to.finishWithProvider()),
  },
  'POST /api/account/sessions/end': {
    who: 'anySession',
    audit: 'people.endSession',
    call: (visitor) => visitor.post(to.endSessions(), { id: null }),
  },
  'GET /api/runs/export': {
    who: 'runs.export',
    audit: 'runs.export',
    call: (visitor) => visitor.get(to.exportRuns()),
  },
  // Each of its endpoints with each role: api/api.test.ts.
  'GET /api/v1/[...path]': { who: 'flows.list', audit: null, call: (visitor) => visitor.get('/api/v1/flows') },
  'POST /api/v1/[...path]': {
    who: 'runs.start',
    audit: 'runs.start',
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.post('/api/v1/flows/till/runs', { input: { amount: 1, take: '/take' } });
    },
  },
  'GET /api/v1/flows/[flow]/client.ts': {
    who: 'flows.get',
    audit: null,
    call: async (visitor, world) => {
      await world.startTill();
      return visitor.get(to.typescriptClient('till'));
    },
  },
  'GET /api/v1/openapi.json': { who: 'flows.list', audit: null, call: (visitor) => visitor.get(to.openApi()) },
  'POST /api/mcp': {
    who: 'anySession',
    audit: null,
    call: (visitor) =>
      visitor.post(
        to.agents(),
        { jsonrpc: '2.0', id: 1, method: 'tools/list' },
        { accept: 'application/json, text/event-stream' }
      ),
  },
  'GET /api/histories/flow': {
    who: 'flows.get',
    audit: null,
    call: (visitor) => visitor.get(to.historyFlow('till_v1', null)),
  },
  // histories.test.ts has histories that replay.
  'POST /api/histories/replay': {
    who: 'histories.replay',
    audit: null,
    status: 422,
    call: (visitor) => visitor.post(to.replayHistory(), { flow: 'till', version: 1, revision: 'v1.0', history: '[{}' }),
  },
  'GET /api/me': { who: 'anySession', audit: null, call: (visitor) => visitor.get(to.me()) },
  'GET /api/runs': { who: 'runs.list', audit: null, call: (visitor) => visitor.get(to.runs()) },
  'GET /api/runs/[workflowId]/[runId]': {
    who: 'runs.get',
    audit: null,
    call: async (visitor, world) => {
      const run = await world.startTill();
      return visitor.get(to.run(run.workflowId, run.runId));
    },
  },
  'GET /api/runs/[workflowId]/[runId]/history': {
    who: 'runs.get',
    audit: null,
    call: async (visitor, world) => {
      const run = await world.startTill();
      return visitor.get(to.history(run.workflowId, run.runId));
    },
  },
  'GET /api/runs/[workflowId]/[runId]/family': {
    who: 'runs.get',
    audit: null,
    call: async (visitor, world) => {
      const run = await world.startTill();
      return visitor.get(to.family(run.workflowId, run.runId));
    },
  },
  'POST /api/runs/[workflowId]/[runId]/cancel': {
    who: 'runs.cancel',
    audit: 'runs.cancel',
    call: onRun(() => [to.cancel, { requestId: requestId(), reason: 'enough' }]),
  },
  'POST /api/runs/[workflowId]/[runId]/decide-outcome': {
    who: 'runs.decideOutcome',
    audit: 'runs.decideOutcome',
    call: onRun(
      () => [to.decideOutcome, { requestId: requestId(), nodeId: 'take', choice: 'notApplied', reason: 'I looked' }],
      { take: '/lose-answer' }
    ),
  },
  'POST /api/runs/[workflowId]/[runId]/decide-undo': {
    who: 'runs.decideUndo',
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
  'POST /api/runs/[workflowId]/[runId]/pause': {
    who: 'runs.pause',
    audit: 'runs.pause',
    call: onRun(() => [to.pauseRun, { requestId: requestId(), reason: 'The shop is closed' }]),
  },
  'POST /api/runs/[workflowId]/[runId]/resume': {
    who: 'runs.unpause',
    audit: 'runs.unpause',
    call: onRun(
      () => [to.resumeRun, { requestId: requestId() }],
      {},
      (run, { web }) =>
        web.temporal.workflowService.pauseWorkflowExecution({ namespace: web.config.namespace, ...run, reason: 'r' })
    ),
  },
  'POST /api/runs/[workflowId]/[runId]/pause-step': {
    who: 'runs.pauseActivity',
    audit: 'runs.pauseActivity',
    call: onStep(to.pauseStep, { reason: 'The shop is closed' }),
  },
  'POST /api/runs/[workflowId]/[runId]/resume-step': {
    who: 'runs.unpauseActivity',
    audit: 'runs.unpauseActivity',
    call: onStep(to.resumeStep, {}, (run, admin) =>
      must(
        admin.post(to.pauseStep(run.workflowId, run.runId), {
          requestId: requestId(),
          activityId: 'look',
          reason: 'The shop is closed',
        })
      )
    ),
  },
  'POST /api/runs/[workflowId]/[runId]/retry-step': {
    who: 'runs.resetActivity',
    audit: 'runs.resetActivity',
    call: onStep(to.retryStep),
  },
  'POST /api/runs/[workflowId]/[runId]/change-step': {
    who: 'runs.updateActivity',
    audit: 'runs.updateActivity',
    call: onStep(to.changeStep, { options: { maximumAttempts: 9 } }),
  },
  'POST /api/runs/[workflowId]/[runId]/query': {
    who: 'runs.query',
    audit: null,
    call: onRun(() => [to.query, { name: 'note' }]),
  },
  'POST /api/runs/[workflowId]/[runId]/signal': {
    who: 'runs.signal',
    audit: 'runs.signal',
    call: onRun(() => [to.signal, { requestId: requestId(), name: 'finish', input: { well: true } }]),
  },
  'POST /api/runs/[workflowId]/[runId]/reset': {
    who: 'runs.reset',
    audit: 'runs.reset',
    call: onRun(
      () => [to.reset, { requestId: requestId(), eventId: 4, reason: 'wrong note', signals: true, updates: true }],
      {},
      async ({ workflowId, runId }, { web }) => {
        const handle = web.temporal.workflow.getHandle(workflowId, runId);
        await eventually(async () => expect((await handle.fetchHistory()).events?.length).toBeGreaterThan(3));
      }
    ),
  },
  'POST /api/runs/[workflowId]/[runId]/settle': {
    who: 'runs.settle',
    audit: 'runs.settle',
    call: onRun(
      () => [to.settle, { requestId: requestId(), activityId: 'take', found: 'undone', reason: 'gave it back' }],
      {},
      async ({ workflowId, runId }, { web }) => {
        const handle = web.temporal.workflow.getHandle(workflowId, runId);
        await eventually(async () => {
          const { entries } = await handle.query<{ entries: unknown[] }>('__ledger');
          expect(entries).not.toEqual([]);
        });
        await handle.terminate('enough');
      }
    ),
  },
  'POST /api/runs/[workflowId]/[runId]/terminate': {
    who: 'runs.terminate',
    audit: 'runs.terminate',
    call: onRun(() => [to.terminate, { reason: 'enough' }]),
  },
  'POST /api/runs/[workflowId]/[runId]/update': {
    who: 'runs.update',
    audit: 'runs.update',
    call: onRun(() => [to.update, { requestId: requestId(), name: 'changeNote', input: { note: 'fragile' } }]),
  },
  'GET /api/examples/[connection]/books': {
    who: 'examples.read',
    audit: null,
    call: (visitor) => visitor.get(to.exampleBooks('shop')),
    status: 503,
  },
};

let world: World;
beforeAll(async () => {
  world = await startWorld({ environment: { BACKSTITCH_SHOP: 'off' } });
  // An account exists, so that nobody can make the first one.
  await world.as(LAST_ROLE);
}, 120_000);
afterAll(() => world.close());

test('[O1] every route file has an entry in this test', async () => {
  const there = (await readRoutes()).flatMap(({ place, handlers }) =>
    METHODS.filter((method) => handlers[method]).map((method) => `${method} ${place}`)
  );
  expect(there.sort()).toEqual(Object.keys(TABLE).sort());
});

/** Operations that an entry calls first, as an administrator, to prepare its request. */
const PREPARES = [
  'flows.publish',
  'connections.put',
  'operations.put',
  'people.invite',
  'people.accept',
  'keys.create',
  'groups.put',
  'runs.start',
  'inbox.inviteGuest',
  'drafts.create',
  'drafts.edit',
];
const auditRows = (operation: string | null) =>
  world.web.database.auditEntry.findMany({
    where: operation ? { operation } : { operation: { notIn: PREPARES } },
    orderBy: { at: 'asc' },
  });
const roleMay = (role: Role, who: Line['who']) =>
  !(who in OPERATIONS) || may({ grants: [{ role, flow: null }] }, who as Permitted);

test('[O6] every operation of the table has a route or is a method of the engine', () => {
  const routed = Object.values(TABLE).map(({ who }) => who as string);
  const elsewhere = [
    // Tested in sockets.test.ts; the internal routes have no person as caller.
    'runs.watch',
    'tasks.open',
    'tasks.close',
    'alerts.tell',
    // The audit entry of going live with an earlier revision; tested in gates/gates.test.ts.
    'flows.rollBack',
    // The permission to save a view for everybody; tested in views/views.test.ts.
    'views.share',
    // Methods of the engine, tested in engine/service/doors, engine/service/frontend and engine/versions/versions.test.ts.
    'runs.reset',
    'cluster.describe',
    'queues.poll',
    'namespaces.register',
    'namespaces.deprecate',
    'namespaces.delete',
    'searchAttributes.add',
    'searchAttributes.remove',
    'keys.check',
    'people.speakFor',
  ];
  const missing = Object.keys(OPERATIONS).filter((each) => !routed.includes(each) && !elsewhere.includes(each));
  expect(missing).toEqual([]);
});

/** Keeps the requests of a line instead of sending them, so that everybody can send the same ones. */
class Recorder extends Visitor {
  sent: Parameters<Visitor['call']>[] = [];
  override call<T>(...request: Parameters<Visitor['call']>): Promise<Answer<T>> {
    this.sent.push(request);
    return Promise.resolve({ status: 0, body: null as T, error: null, headers: new Headers() });
  }
}

describe.each(Object.entries(TABLE))('%s', (_name, line) => {
  const { who, audit, status = 200 } = line;
  let send: (visitor: Visitor) => Promise<Answer>;
  beforeAll(async () => {
    const recorder = new Recorder(world.origin);
    await line.call(recorder, world);
    const request = recorder.sent.pop();
    if (!request) throw new Error('the line sends nothing');
    send = async (visitor) => {
      for (const before of recorder.sent) await visitor.call(...before);
      return visitor.call(...request);
    };
  });

  if (who !== 'anybody') {
    test('[O2] a request without a session is refused and has no effect', async () => {
      const answer = await send(world.stranger);
      expect(answer).toMatchObject({ status: 401, error: { code: 'notSignedIn' } });
    });
  }

  if (who === 'worker') {
    test('[O3] no session is accepted, only the worker’s token', async () => {
      expect(await send(await world.as('admin'))).toMatchObject({ status: 401, error: { code: 'notSignedIn' } });
      const worker = new Visitor(world.origin, { authorization: `Bearer ${INTERNAL_TOKEN}` });
      expect((await send(worker)).status).toBe(200);
    });
    return;
  }

  const forbidden = who === 'anybody' ? [] : ROLE_NAMES.filter((role) => !roleMay(role, who));
  if (forbidden.length > 0) {
    test(`[O4] ${forbidden.join(', ')} may not, and leave no audit entry of a change`, async () => {
      for (const role of forbidden) {
        const visitor = await world.as(role);
        const before = (await auditRows(audit)).filter(({ actorId }) => actorId === visitor.person?.id).length;
        expect(await send(visitor)).toMatchObject({ status: 403, error: { code: 'notAllowed' } });
        const after = (await auditRows(audit)).filter(({ actorId }) => actorId === visitor.person?.id).length;
        expect(after).toBe(before);
      }
    });
  }

  const allowed = ROLE_NAMES.findLast((role) => roleMay(role, who)) ?? 'admin';
  test(`[O5] ${allowed} may${audit ? `, and ${audit} is in the audit trail` : ''}`, async () => {
    const visitor = await world.as(allowed);
    const ids = new Set((await auditRows(audit)).map(({ id }) => id));
    const answer = await send(visitor);
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
