/** A policy of several people in three browsers: votes, others who are asked because nobody decides, and a deputy. */
import type { Browser, Page } from '@playwright/test';
import type { AuditPage } from '../app/_contract/audit';
import type { InboxTask } from '../app/_contract/inbox';
import type { MadeLink, PeopleList } from '../app/_contract/people';
import { pages, routes } from '../app/_contract/routes';
import type { StartedRun } from '../app/_contract/runs';
import { ACCOUNT, Api, expect, test } from './product/journey';

const PASSWORD = 'yet another horse battery';
const FLOW = {
  format: 1,
  name: 'buy-together',
  title: 'Buy together',
  input: { type: 'object', properties: { what: { type: 'string', title: 'What' } } },
  steps: [
    {
      id: 'agree',
      kind: 'approval',
      title: 'Agree',
      question: 'Shall we buy it?',
      data: { what: { $expr: "input.what ?? ''" } },
      requireComment: 'never',
      candidates: ['buyers'],
      howMany: 2,
      escalate: [{ after: '12s', to: ['board'] }],
    },
  ],
};

/** A person with an account, in a browser of their own. */
async function join(api: Api, browser: Browser, baseURL: string | undefined, name: string): Promise<Page> {
  const email = `${name.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}@example.com`;
  const grants = [{ role: 'approver', flow: null }];
  const { url } = await api.post<MadeLink>(routes.invite(), { email, name, grants });
  const context = await browser.newContext({ baseURL });
  const answer = await context.request.post(routes.useLink(), {
    data: { token: url.split('#')[1], name, password: PASSWORD },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  await context.request.post(routes.signIn(), { data: { email, password: PASSWORD } });
  return context.newPage();
}

test('two must agree: too few are asked, others are asked in time, and a deputy votes under both names', async ({
  desk,
  api,
  browser,
  baseURL,
}) => {
  const [bob, cleo] = await Promise.all(['Bob', 'Cleo'].map((name) => join(api, browser, baseURL, name)));
  if (!bob || !cleo) throw new Error('Two people join.');
  const { people } = await api.get<PeopleList>(routes.people());
  const idOf = (name: string) => people.findLast((each) => each.name.startsWith(name))!.id;
  await api.post(routes.putGroup(), { name: 'buyers', members: [idOf('Bob')], grants: [] });
  await api.post(routes.putGroup(), { name: 'board', members: [idOf('Cleo')], grants: [] });
  await api.post(routes.publish(), { document: FLOW });
  const request = { requestId: crypto.randomUUID(), input: { what: 'A loom' } };
  const run = await api.post<StartedRun>(routes.startRun(FLOW.name), request);
  const find = async () =>
    (await api.get<{ tasks: InboxTask[] }>(routes.inbox())).tasks.find((each) => each.workflowId === run.workflowId);
  await expect.poll(find, { timeout: 20_000 }).toBeTruthy();
  const { taskId } = (await find())!;

  // One buyer cannot be two.
  await desk.goto(pages.task(taskId));
  await expect(desk.getByText(/Too few who may decide are left: 2 more must agree/)).toBeVisible();
  await bob.goto(pages.task(taskId));
  await bob.getByRole('button', { name: 'Approve', exact: true }).click();
  await bob
    .getByRole('dialog')
    .getByRole('button', { name: /Approve/ })
    .click();
  await expect(bob.getByText(/Approve by Bob/)).toBeVisible();

  // The board is asked in time, and the page that is open says so.
  await expect(desk.getByText(/board/).first()).toBeVisible({ timeout: 20_000 });
  await expect(desk.getByText(/who may decide (is|are) left/)).toHaveCount(0, { timeout: 20_000 });
  const deputy = { requestId: crypto.randomUUID(), to: idOf(ACCOUNT.name), fromMs: Date.now() - 1_000 };
  await new Api(cleo.request).post(routes.delegations(), { ...deputy, untilMs: Date.now() + 3_600_000, flows: [] });
  await expect(desk.getByText('You decide this for Cleo, who is away.')).toBeVisible();
  await desk.getByRole('button', { name: 'Approve', exact: true }).click();
  await desk
    .getByRole('dialog')
    .getByRole('button', { name: /Approve/ })
    .click();
  await expect(desk.getByText(`Approve by ${ACCOUNT.name} for Cleo`)).toBeVisible();
  await api.standsAs(run, 'completed');

  await cleo.goto(pages.task(taskId));
  await expect(cleo.getByText(`Approve by ${ACCOUNT.name} for Cleo`)).toBeVisible();
  const { rows } = await api.get<AuditPage>(
    routes.audit(`operation=inbox.decide&target=${encodeURIComponent(taskId)}`)
  );
  const actingFor = rows.filter(({ target }) => target === taskId).map(({ details }) => details.actingFor ?? null);
  expect(actingFor).toContain('Cleo');
  await Promise.all([bob, cleo].map((page) => page.context().close()));
});
