/** Saved views of the list of runs: named filters, in the address, shown first when somebody wants it so. */
import { pages, routes } from '../app/_contract/routes';
import type { ViewList } from '../app/_contract/views';
import { expect, test } from './product/journey';

test('filters are saved as a view, opened by a link, changed, shown first, and removed', async ({ desk, api }) => {
  const name = `Failed ${crypto.randomUUID().slice(0, 6)}`;
  const views = desk.getByRole('list', { name: 'Views' });
  await desk.goto(pages.runs('standing=failedUndone&id=no-such'));
  await desk.getByRole('button', { name: 'Save view…' }).click();
  await desk.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(desk.getByText('Enter a name.')).toBeVisible();
  await desk.getByLabel('Name').fill(name);
  await desk.getByLabel('For everybody').click();
  await desk.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(views.getByRole('button', { name: new RegExp(`^${name}`) })).toHaveAttribute('aria-current', 'true');
  await expect(desk).toHaveURL(/view=[0-9a-f-]{36}/);
  const link = desk.url();

  await views.getByRole('button', { name: 'All runs' }).click();
  await expect(desk).toHaveURL(/view=all/);
  await expect(desk).not.toHaveURL(/standing=/);
  await desk.goto(link);
  await expect(desk.getByLabel('Workflow id begins with')).toHaveValue('no-such');

  await desk.getByLabel('Workflow id begins with').fill('other');
  await expect(views).toContainText('changed');
  await desk.getByRole('button', { name: `More about the view '${name}'` }).click();
  await desk.getByRole('menuitem', { name: 'Save these filters in it' }).click();
  await expect(views).not.toContainText('changed');
  await desk.getByRole('button', { name: `More about the view '${name}'` }).click();
  await desk.getByRole('menuitem', { name: 'Show it first' }).click();
  await expect(desk.getByLabel('Shown first')).toBeVisible();

  await desk.goto(pages.runs());
  await expect(desk.getByLabel('Workflow id begins with')).toHaveValue('other');
  await desk.getByRole('button', { name: `More about the view '${name}'` }).click();
  await desk.getByRole('menuitem', { name: 'Remove' }).click();
  await expect(desk.getByText(`'${name}' was removed.`)).toBeVisible();
  await expect(views.getByRole('button', { name: new RegExp(`^${name}`) })).toHaveCount(0);
  const { views: left, defaultId } = await api.get<ViewList>(routes.views());
  expect(left.filter((view) => view.name === name)).toEqual([]);
  expect(defaultId).toBe(null);
});
