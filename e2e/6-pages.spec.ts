/**
 * The permission table for pages: every page, for every role, for a role for one flow and for a person without
 * a role, is shown or says inside the product's frame that the person may not see it; no page causes a server error.
 */
import type { Batch } from '../app/_contract/batches';
import type { DraftSummary } from '../app/_contract/drafts';
import type { Page } from '@playwright/test';
import type { Connection, ConnectionList } from '../app/_contract/connections';
import type { InboxList } from '../app/_contract/inbox';
import pLimit from 'p-limit';
import { pages, routes } from '../app/_contract/routes';
import type { MadeLink, PeopleList } from '../app/_contract/people';
import { mayAnywhere, may, ROLE_NAMES, type Grant, type Operation } from '../engine/permissions/permissions';
import { EXAMPLE, expect, orderId, test } from './product/journey';
import { pagesOnDisk } from './product/pages-on-disk';

const WALKER = {
  name: 'Walter Walker',
  email: `walker-${crypto.randomUUID().slice(0, 8)}@example.com`,
  password: 'a horse that walks far',
};

/** A connection, so that its page can be visited. */
const SERVICE: Connection = {
  name: 'walked',
  title: 'Walked',
  kind: 'http',
  settings: { address: 'https://api.example.com', headers: {}, auth: { kind: 'none' }, testPath: '/' },
  allow: [],
  options: {},
};

interface Known {
  operation: Operation;
  /** True if the page is about the example flow; a list shows the part that the person may see. */
  ofFlow: boolean;
  url: string;
}
/** By folder of the page; null if a page needs no permission, because it redirects or says that there is nothing. */
type Table = Record<string, Known | null>;

const REFUSAL =
  /You(r role| have no role).* (view this|manage people|read the audit trail|draw and publish flows|start, signal, stop or schedule runs)/;

/** What the server sends for a page. Its refusal is inside the product's frame, as is everything else. */
async function sent(page: Page, url: string) {
  const answer = await page.request.get(url);
  const html = await answer.text();
  expect(html, url).toContain('aria-label="Main"');
  const refused = REFUSAL.test(html.replace(/<script.*?<\/script>/gs, ''));
  expect(refused || /<h1/.test(html), `${url}: neither a heading nor a refusal`).toBe(true);
  return { status: answer.status(), refused, url: new URL(answer.url()).pathname };
}

/** What a person sees of a page in the browser. */
async function seen(page: Page, url: string) {
  const answer = await page.goto(url);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  const heading = page.getByRole('main').getByRole('heading', { level: 1 }).first();
  const refusal = page.getByText(REFUSAL).first();
  await expect(heading.or(refusal).first()).toBeVisible();
  return { status: answer?.status() ?? 0, refused: await refusal.isVisible(), url: new URL(page.url()).pathname };
}

test('every page, for every role, is shown or clearly refused', async ({ api, browser, baseURL }) => {
  test.setTimeout(300_000);
  const { connections } = await api.get<ConnectionList>(routes.connections());
  if (!connections.some(({ connection }) => connection.name === SERVICE.name))
    await api.post(routes.connections(), { connection: SERVICE, base: 0 });
  const run = await api.start('large-order', { orderId: orderId() });
  const other = await api.start('goes-well', { orderId: orderId() });
  const task = async () =>
    (await api.get<InboxList>(routes.inbox())).tasks.find(({ workflowId }) => workflowId === run.workflowId);
  await expect.poll(task, { timeout: 45_000 }).toBeTruthy();
  const draft = await api.post<DraftSummary>(routes.drafts(), {
    id: crypto.randomUUID(),
    from: { kind: 'version', flow: EXAMPLE },
  });
  const runs = [{ workflowId: run.workflowId, runId: run.runId }];
  const retry = { requestId: crypto.randomUUID(), kind: 'retry', runs, reason: 'Nothing waits, and nothing happens.' };
  const batch = await api.post<Batch>(routes.batches(), retry);
  const schedule = `pages-${crypto.randomUUID().slice(0, 8)}`;
  await api.schedule(schedule);
  const of = (operation: Operation, url: string, ofFlow = false): Known => ({ operation, url, ofFlow });
  const table: Table = {
    '/': of('runs.list', pages.home()),
    '/[...unknown]': null,
    '/alerts': of('alerts.list', pages.alerts()),
    '/attention': of('attention.list', pages.attention()),
    '/approvals': of('inbox.list', pages.inbox()),
    '/approvals/[taskId]': of('inbox.get', pages.task((await task())?.taskId ?? ''), true),
    '/batches': of('batches.list', pages.batches()),
    '/batches/[batch]': of('batches.get', pages.batch(batch.id), true),
    '/drafts/[draftId]': of('drafts.get', pages.draft(draft.id), true),
    '/flows': of('flows.list', pages.flows()),
    '/flows/[flow]': of('flows.get', pages.flow(EXAMPLE), true),
    // A person who may not start a run may read its start form.
    '/flows/[flow]/compare': of('flows.get', pages.compare(EXAMPLE), true),
    '/flows/[flow]/start': of('flows.get', pages.start(EXAMPLE), true),
    // Who may not make a schedule may read the form.
    '/new-schedule': of('flows.list', pages.newSchedule(EXAMPLE)),
    '/workers': of('workers.list', pages.workers()),
    '/schedules': of('schedules.list', pages.schedules()),
    '/schedules/[id]': of('schedules.get', pages.schedule(schedule), true),
    '/schedules/[id]/edit': of('schedules.get', pages.editSchedule(schedule), true),
    '/runs': of('runs.list', pages.runs()),
    '/runs/compare': of('runs.get', pages.compareRuns(other, run), true),
    '/runs/[workflowId]/[runId]': of('runs.get', pages.run(run.workflowId, run.runId), true),
    '/runs/open-history': null,
    '/account': null,
    '/settings': null,
    '/settings/api': of('flows.list', pages.api()),
    '/settings/audit': of('audit.read', pages.audit()),
    '/settings/connections': of('connections.list', pages.connections()),
    '/settings/connections/[name]': of('connections.list', pages.connection(SERVICE.name)),
    '/settings/connections/[name]/new-operation': of('connections.list', pages.newOperation(SERVICE.name)),
    '/settings/connections/[name]/operations/[operation]': of(
      'connections.list',
      pages.operation(SERVICE.name, 'none')
    ),
    '/settings/events': of('events.list', pages.events()),
    '/settings/events/[subscription]': of('events.list', pages.subscription(crypto.randomUUID())),
    '/settings/groups': of('people.list', pages.groups()),
    '/settings/keys': of('keys.list', pages.keys()),
    '/settings/notifications': of('notifications.list', pages.notifications()),
    '/settings/retention': of('namespaces.update', pages.retention()),
    '/settings/people': of('people.list', pages.people()),
    '/templates': of('flows.list', pages.templates()),
    '/templates/[template]': of('flows.list', pages.template(EXAMPLE)),
  };
  expect(Object.keys(table).sort(), 'a page without a line here').toEqual(await pagesOnDisk());

  const invited = await api.post<MadeLink>(routes.invite(), {
    email: WALKER.email,
    grants: [{ role: 'viewer', flow: null }],
    mail: false,
  });
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  const broken: string[] = [];
  page.on('pageerror', (error) => broken.push(error.message));
  const token = invited.url.split('#')[1];
  await context.request.post(routes.useLink(), { data: { token, name: WALKER.name, password: WALKER.password } });
  const { email, password } = WALKER;
  expect((await context.request.post(routes.signIn(), { data: { email, password } })).ok()).toBe(true);
  const { people } = await api.get<PeopleList>(routes.people());
  const walkerId = people.find((each) => each.email === email)?.id ?? '';

  const walks: [name: string, grants: Grant[]][] = [
    ['no role', []],
    ...ROLE_NAMES.map((role): [string, Grant[]] => [role, [{ role, flow: null }]]),
    ['operator of this flow', [{ role: 'operator', flow: EXAMPLE }]],
    ['viewer of another flow', [{ role: 'viewer', flow: 'another-flow' }]],
  ];
  // Those who see least and most walk in the browser, the others read what the server sends.
  const inBrowser = new Set(['no role', 'admin']);
  for (const [name, grants] of walks) {
    await test.step(name, async () => {
      const look = inBrowser.has(name) ? seen : sent;
      await api.post(routes.setRoles(walkerId), { grants, groups: [] });
      // One browser shows one page at a time; a server sends several.
      const inTurn = pLimit(look === seen ? 1 : 4);
      const visit = async ([folder, known]: [string, Known | null]) => {
        if (!known) return;
        const { operation, url, ofFlow } = known;
        const allowed = ofFlow ? may({ grants }, operation, EXAMPLE) : mayAnywhere({ grants }, operation);
        const what = await look(page, url);
        expect(what, `${name} at ${folder}`).toEqual({
          status: 200,
          refused: !allowed,
          url: new URL(url, baseURL).pathname,
        });
      };
      await Promise.all(Object.entries(table).map((line) => inTurn(visit, line)));
      // A person without a role sees nothing here, and settings redirect to their first page. The browser renders what
      // does not exist.
      expect((await seen(page, '/no/such/page')).status).toBe(404);
      const first = may({ grants }, 'people.list') ? pages.people() : pages.connections();
      expect((await look(page, pages.settings())).url).toBe(first);
    });
  }
  expect(broken, 'errors thrown in the page').toEqual([]);
  await context.close();
});
