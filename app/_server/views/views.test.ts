/** The rules are in views.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes as to } from '@/app/_contract/routes';
import { MOST_VIEWS, type SavedView, type ViewList } from '@/app/_contract/views';
import { must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let admin: Visitor;
let operator: Visitor;
let viewer: Visitor;
beforeAll(async () => {
  world = await startWorld();
  [admin, operator, viewer] = await Promise.all([world.as('admin'), world.as('operator'), world.as('viewer')]);
}, 120_000);
afterAll(() => world.close());

const body = (change: object = {}) => ({
  requestId: randomUUID(),
  id: randomUUID(),
  name: 'Failed today',
  search: 'standing=failed&flow=till',
  columns: { runId: true },
  shared: false,
  ...change,
});
const names = async (visitor: Visitor) =>
  (await must(visitor.get<ViewList>(to.views()))).body.views.map(({ name }) => name);

test('[VWS1] a view is its owner’s until it is shared, and only the owner changes it', async () => {
  const mine = body({ name: 'Of the operator' });
  await must(operator.post(to.views(), mine));
  expect(await names(operator)).toContain('Of the operator');
  expect(await names(viewer)).not.toContain('Of the operator');
  expect((await viewer.post(to.views(), { ...mine, name: 'Taken' })).status).toBe(404);
  expect((await viewer.post(to.removeView(mine.id), {})).status).toBe(404);

  const shared = (await must(operator.post<SavedView>(to.views(), { ...mine, shared: true }))).body;
  expect(shared).toMatchObject({ name: 'Of the operator', search: mine.search, columns: { runId: true } });
  const seen = (await must(viewer.get<ViewList>(to.views()))).body.views.find(({ id }) => id === mine.id);
  expect(seen).toMatchObject({ shared: true, mayChange: false });
  expect((await viewer.post(to.views(), { ...mine, name: 'Taken' })).status).toBe(409);
  expect((await viewer.post(to.removeView(mine.id), {})).status).toBe(409);
  await must(admin.post(to.removeView(mine.id), {}));
  expect(await names(operator)).not.toContain('Of the operator');
});

test('[VWS2] a viewer keeps views and shares none', async () => {
  const view = body({ name: 'Of the viewer' });
  await must(viewer.post(to.views(), view));
  expect((await viewer.post(to.views(), { ...view, shared: true })).status).toBe(403);
  expect(await names(admin)).not.toContain('Of the viewer');
});

test('[VWS3] the default is gone with its view', async () => {
  const view = body({ shared: true });
  await must(operator.post(to.views(), view));
  await must(viewer.post(to.defaultView(), { id: view.id }));
  const defaultOf = async () => (await must(viewer.get<ViewList>(to.views()))).body.defaultId;
  expect(await defaultOf()).toBe(view.id);
  await must(operator.post(to.views(), { ...view, shared: false }));
  expect(await defaultOf()).toBe(null);
  await must(operator.post(to.views(), { ...view, shared: true }));
  await must(operator.post(to.removeView(view.id), {}));
  expect(await defaultOf()).toBe(null);
  expect((await viewer.post(to.defaultView(), { id: view.id })).status).toBe(404);
});

test('bad input is refused, and nothing is stored', async () => {
  const before = (await names(admin)).length;
  const answers = await Promise.all([
    admin.post(to.views(), body({ name: '  ' })),
    admin.post(to.views(), body({ search: 'standing=nonsense' })),
    admin.post(to.views(), body({ columns: { runId: 'yes' } })),
    admin.post(to.views(), body({ id: 'x' })),
    admin.post(to.views(), body({ name: 'a\u0000b' })),
    admin.post(to.defaultView(), { id: 'x' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 422]);
  expect((await admin.post(to.removeView('x'), {})).status).toBe(404);
  expect((await names(admin)).length).toBe(before);
});

test('a person has a limited number of views', async () => {
  const put = () => operator.post(to.views(), body());
  const has = (await names(operator)).length;
  for (let count = has; count < MOST_VIEWS; count++) await must(put());
  expect((await put()).status).toBe(409);
});
