/** Every page, wide and narrow, light and dark, with real data: it fits, axe finds no fault, a picture is kept. */
import type { Batch } from '../app/_contract/batches';
import type { DraftSummary } from '../app/_contract/drafts';
import type { GuestInvited } from '../app/_contract/guests';
import type { InboxList } from '../app/_contract/inbox';
import type { MadeLink } from '../app/_contract/people';
import { pages, routes } from '../app/_contract/routes';
import { ROLE_NAMES, type Grant } from '../engine/permissions/permissions';
import { EXAMPLE, expect, orderId, test, type Api } from './product/journey';
import { look, SIZES } from './product/look';
import { pagesOnDisk, patternOf } from './product/pages-on-disk';

const TEMPLATE = 'travel-booking';

/** Pages by name; made once, so that all pictures show the same runs. */
let screens: Record<string, string> | null = null;
async function makeScreens(api: Api): Promise<Record<string, string>> {
  const of = (run: { workflowId: string; runId: string }) => pages.run(run.workflowId, run.runId);
  const [well, hand, asks, undone] = await Promise.all(
    ['goes-well', 'refund-fails', 'large-order', 'card-declined'].map((name) => api.start(name, { orderId: orderId() }))
  );
  if (!well || !hand || !asks || !undone) throw new Error('A run is missing.');
  await api.standsAs(well, 'completed');
  await api.standsAs(undone, 'failedUndone');
  await api.standsAs(hand, 'needsHand');
  const taskOf = async () =>
    (await api.get<InboxList>(routes.inbox())).tasks.find(({ workflowId }) => workflowId === asks.workflowId);
  await expect.poll(taskOf).toBeTruthy();
  const draft = await api.post<DraftSummary>(routes.drafts(), {
    id: crypto.randomUUID(),
    from: { kind: 'version', flow: EXAMPLE },
  });
  await api.schedule(SCHEDULE);
  const act = {
    requestId: crypto.randomUUID(),
    kind: 'retry',
    runs: [asks, hand],
    reason: 'The carrier answers again',
  };
  const runs = act.runs.map(({ workflowId, runId }) => ({ workflowId, runId }));
  const batch = await api.post<Batch>(routes.batches(), { ...act, runs });
  const subscription = crypto.randomUUID();
  await api.post(routes.events(), {
    id: subscription,
    title: 'The warehouse',
    target: { kind: 'webhook', address: 'https://hooks.example.com/orders' },
    flows: [EXAMPLE],
    kinds: ['run.started', 'run.closed'],
    isOn: false,
  });
  const me = (await api.get<{ person: { id: string } }>(routes.me())).person.id;
  await api.post(routes.putAlertRule(), {
    id: crypto.randomUUID(),
    condition: { kind: 'undoFailed' },
    flows: [],
    targets: [`person ${me}`],
    severity: 'critical',
    holdSeconds: 0,
    clearSeconds: 0,
    remindMinutes: 60,
    isOn: true,
  });
  const taskId = (await taskOf())?.taskId ?? '';
  const invited = await api.post<GuestInvited>(routes.guests(taskId), {
    requestId: crypto.randomUUID(),
    email: `guest-${crypto.randomUUID()}@example.com`,
    name: 'Gus Guest',
    decidesFor: null,
    days: 3,
    mail: false,
  });
  // Its services become connections.
  await api.post(routes.drafts(), { id: crypto.randomUUID(), from: { kind: 'template', template: TEMPLATE } });
  return {
    home: pages.home(),
    draft: `${pages.draft(draft.id)}?node=charge-payment`,
    'draft-problems': `${pages.draft(draft.id)}?tab=problems`,
    'draft-code': `${pages.draft(draft.id)}?tab=code&node=charge-payment`,
    'draft-history': `${pages.draft(draft.id)}?tab=history`,
    templates: pages.templates(),
    template: pages.template(TEMPLATE),
    compare: pages.compare(EXAMPLE, 1, `draft:${draft.id}`),
    flows: pages.flows(),
    flow: `${pages.flow(EXAMPLE)}?node=charge-payment`,
    versions: `${pages.flow(EXAMPLE)}?tab=versions`,
    start: pages.start(EXAMPLE),
    'start-by-webhook': `${pages.start(EXAMPLE)}?way=webhook`,
    'start-by-program': `${pages.start(EXAMPLE)}?way=program`,
    schedules: pages.schedules(),
    schedule: pages.schedule(SCHEDULE),
    'edit-schedule': pages.editSchedule(SCHEDULE),
    'new-schedule': pages.newSchedule(EXAMPLE),
    attention: pages.attention(),
    alerts: pages.alerts(),
    workers: pages.workers(),
    runs: pages.runs(),
    'runs-none': pages.runs('id=no-such-run'),
    batches: pages.batches(),
    batch: pages.batch(batch.id),
    'run-completed': `${of(well)}?tab=books`,
    'run-needs-a-hand': `${of(hand)}?node=charge-payment`,
    'run-waits': of(asks),
    'run-undone': `${of(undone)}?tab=events`,
    'run-earlier': `${of(undone)}?at=20`,
    'run-code': `${of(undone)}?tab=code&node=charge-payment`,
    'compare-runs': pages.compareRuns(well, hand),
    'compare-runs-effects': `${pages.compareRuns(well, undone)}&tab=effects`,
    'open-history': pages.openHistory(),
    approvals: pages.inbox(),
    approval: pages.task(taskId),
    missing: pages.run('no-such-run', crypto.randomUUID()),
    'approvals-done': pages.inbox('view=done'),
    'no-such-page': '/no/such/page',
    connections: pages.connections(),
    connection: pages.connection('example-travel'),
    operation: pages.operation('example-travel', 'bookHotel'),
    'new-operation': pages.newOperation('example-travel'),
    people: pages.people(),
    groups: pages.groups(),
    events: pages.events(),
    subscription: pages.subscription(subscription),
    keys: pages.keys(),
    api: pages.api('startRun'),
    audit: pages.audit(),
    notifications: pages.notifications(),
    retention: pages.retention(),
    account: pages.account(),
    'audit-none': `${pages.audit()}?who=nobody-of-this-name`,
    guest: ofUrl(invited.url),
    ...(await makePeople(api)),
  };
}

const SCHEDULE = `orders-of-the-day-${crypto.randomUUID().slice(0, 8)}`;

const ofUrl = (url: string): string => new URL(url).pathname + new URL(url).hash;

/** The greatest length of a group's name. */
const LONG_GROUP = 'Department of Extraordinary Returns and of Donaudampfschiffahrt';

/** Makes people, groups and keys with the longest names. Returns the pages outside of the product's frame. */
async function makePeople(api: Api): Promise<Record<string, string>> {
  const long = 'Wolfeschlegelsteinhausenbergerdorff-Przybyszewska, Department of Extraordinary Returns';
  const grants = ROLE_NAMES.map((role): Grant => ({ role, flow: role === 'operator' ? EXAMPLE : null }));
  await api.post(routes.putGroup(), { name: 'finance', grants: [{ role: 'approver', flow: null }], members: [] });
  await api.post(routes.putGroup(), { name: LONG_GROUP, grants, members: [] });
  const invite = async (email: string, name: string) =>
    api.post<MadeLink>(routes.invite(), { email, name, grants, groups: ['finance', LONG_GROUP], mail: false });
  await invite(`${'very-long-address.'.repeat(3)}${crypto.randomUUID()}@example.com`, long);
  const { url } = await invite(`new-${crypto.randomUUID()}@example.com`, long);
  for (const name of ['wallboard', long]) {
    await api.post(routes.keys(), { name, grants: [{ role: 'viewer', flow: null }], days: null });
  }
  return {
    join: ofUrl(url),
    'join-used': `${new URL(url).pathname}#a-token-that-never-was`,
    'guest-over': pages.guest('a-token-that-never-was'),
    unsubscribe: pages.unsubscribe('a-token-that-never-was'),
  };
}

for (const [size, viewport] of Object.entries(SIZES)) {
  test.describe(size, () => {
    test.use({ viewport });
    // The tablet lies between the other two; it is part of `npm run test:screens`.
    const long = size === 'tablet' ? ' @long' : '';
    test(`every page fits the screen and can be read: ${size}, light and dark${long}`, async ({ desk, api }) => {
      test.setTimeout(360_000);
      screens ??= await makeScreens(api);
      // In two tabs: one looks with axe while the other waits for its page.
      const left = Object.entries(screens);
      const tabs = [desk, await desk.context().newPage()];
      await Promise.all(
        tabs.map(async (tab) => {
          for (let next = left.shift(); next; next = left.shift()) {
            const [name, url] = next;
            await test.step(name, () => look(tab, name, url, size));
          }
        })
      );
    });
  });
}

test('every page is among them', async ({ api }) => {
  screens ??= await makeScreens(api);
  const paths = Object.values(screens).map((url) => new URL(url, 'http://here').pathname);
  const missing = (await pagesOnDisk()).filter((page) => !paths.some((path) => patternOf(page).test(path)));
  // Settings lead to their first page.
  expect(missing).toEqual(['/settings']);
});

test('while a run is live, header, band, tabs and cards keep their places', async ({ desk, api }) => {
  const run = await api.start('shipment-down', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const parts = [
    desk.getByRole('tab', { name: /^Timeline/ }),
    desk.getByRole('tab', { name: /^Pending/ }),
    desk.getByRole('region', { name: 'Ledger' }),
    desk.getByRole('button', { name: /^Charge payment,/ }).first(),
  ];
  const places = () => Promise.all(parts.map(async (part) => (await part.boundingBox())?.x));
  await expect(parts[3]!).toBeVisible();
  const before = await places();
  await api.standsAs(run, 'failedUndone');
  await expect(desk.locator('main header').getByText('Failed: all undone')).toBeVisible();
  expect(await places()).toEqual(before);
  const shift = await desk.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
            if (!entry.hadRecentInput) sum += entry.value;
          }
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 100);
      })
  );
  // Web Vitals rates up to 0.1 as good.
  expect(shift).toBeLessThan(0.02);
});
