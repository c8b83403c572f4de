/** Rules of the breadcrumb. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { crumbsOf } from './crumbs';

/** The pages inside the frame, with an id of its own for each part that has one. */
async function addresses(): Promise<string[]> {
  const entries = await readdir('app/(product)', { recursive: true });
  return entries
    .filter((entry) => path.basename(entry) === 'page.tsx' && !entry.includes('[...'))
    .map((entry) => `/${path.dirname(entry)}`.replace('/.', '/').replace(/\[([^\]]+)\]/g, 'a-$1'));
}

test('[CRU1] the last crumb of every page leads to that page, and the others to pages above it', async () => {
  const found = await addresses();
  expect(found).toContain('/settings/connections/a-name/operations/a-operation');
  for (const address of found) {
    const crumbs = crumbsOf(address).map(({ href }) => href);
    expect(crumbs.at(-1), address).toBe(address);
    expect(new Set(crumbs).size, address).toBe(crumbs.length);
  }
});

test('[CRU2] parts are shown as they were written', () => {
  expect(crumbsOf('/flows/a%20b/compare').map(({ label }) => label)).toEqual(['Flows', 'a b', 'Compare']);
  expect(crumbsOf('/approvals/order-7%2Fapprove').map(({ label }) => label)).toEqual(['Approvals', 'order-7']);
});
