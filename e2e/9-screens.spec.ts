/** Every page, wide and narrow, light and dark, with real data: it fits, axe finds no fault, a picture is kept. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { DraftSummary } from '../app/_contract/drafts';
import type { InboxList } from '../app/_contract/inbox';
import type { MadeLink } from '../app/_contract/people';
import { pages, routes } from '../app/_contract/routes';
import { ROLE_NAMES, type Grant } from '../engine/permissions/permissions';
import { EXAMPLE, expect, orderId, test, type Api } from './product/journey';
import { repeatedButtons } from './product/repeated-buttons';

/** Pictures for people who check the screens; `.backstitch` is not in the repository. */
const PICTURES = '.backstitch/screens';
const SIZES = {
  wide: { width: 1440, height: 900 },
  tablet: { width: 1000, height: 800 },
  phone: { width: 390, height: 844 },
};
const SCHEMES = ['light', 'dark'] as const;

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
  return {
    home: pages.home(),
    draft: `${pages.draft(draft.id)}?node=charge-payment`,
    'draft-problems': `${pages.draft(draft.id)}?tab=problems`,
    'draft-code': `${pages.draft(draft.id)}?tab=code&node=charge-payment`,
    'draft-history': `${pages.draft(draft.id)}?tab=history`,
    templates: pages.templates(),
    template: pages.template('travel-booking'),
    compare: pages.compare(EXAMPLE, 1, `draft:${draft.id}`),
    flows: pages.flows(),
    flow: `${pages.flow(EXAMPLE)}?node=charge-payment`,
    versions: `${pages.flow(EXAMPLE)}?tab=versions`,
    start: pages.start(EXAMPLE),
    runs: pages.runs(),
    'runs-none': pages.runs('id=no-such-run'),
    'run-completed': `${of(well)}?tab=books`,
    'run-needs-a-hand': `${of(hand)}?node=charge-payment`,
    'run-waits': of(asks),
    'run-undone': `${of(undone)}?tab=events`,
    'run-code': `${of(undone)}?tab=code&node=charge-payment`,
    approvals: pages.inbox(),
    approval: pages.task((await taskOf())?.taskId ?? ''),
    missing: pages.run('no-such-run', crypto.randomUUID()),
    'approvals-done': pages.inbox('done'),
    'no-such-page': '/no/such/page',
    people: pages.people(),
    groups: pages.groups(),
    keys: pages.keys(),
    audit: pages.audit(),
    'audit-none': `${pages.audit()}?who=nobody-of-this-name`,
    ...(await makePeople(api)),
  };
}

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
  const { pathname, hash } = new URL(url);
  return { join: `${pathname}${hash}`, 'join-used': `${pathname}#a-token-that-never-was` };
}

/** It fits, in both schemes, and axe finds nothing serious. */
async function look(page: Page, name: string, url: string, size: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  // Pages outside of the product's frame have no live indicator.
  if (!name.startsWith('join')) {
    await expect(page.getByText('Live', { exact: true }).or(page.locator('[data-link=live]')).first()).toBeVisible();
  }
  await page.evaluate(() => document.fonts.ready);
  expect.soft(await repeatedButtons(page), `${name} shows these buttons twice`).toEqual([]);
  for (const colorScheme of SCHEMES) {
    // Without motion, colours have changed when axe looks.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `${PICTURES}/${name}-${size}-${colorScheme}.png` });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over, `${name} runs over the right edge, ${colorScheme}`).toBeLessThanOrEqual(0);
    // The same page in other colours: only what depends on them can differ, and not on the size of the window.
    if (colorScheme === 'dark' && size !== 'wide') continue;
    // Without frames to collect from, axe needs no page of its own for that.
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    if (colorScheme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block']);
    const { violations } = await axe.analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
      `axe on ${name}, ${colorScheme}`
    ).toEqual([]);
  }
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
