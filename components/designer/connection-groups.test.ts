import { expect, test } from 'vitest';
import type { CatalogueActivity } from '@/engine/flow/catalogue';
import { catalogue as small } from './inspector/testing/show';
import { connectionGroups } from './connection-groups';
import { paletteOf } from './palette';

const operation = (name: string, connectionTitle?: string): CatalogueActivity => {
  return { ...small['shop.charge']!, name, sha: 'a', ...(connectionTitle ? { connectionTitle } : {}) };
};
const catalogue = Object.fromEntries(
  [
    operation('shop-1.charge', 'The shop'),
    operation('shop-2.charge', 'The shop'),
    operation('crm.find', 'Customers'),
    operation('old.find'),
    small['http.request']!,
  ].map((each) => [each.name, each])
);

test('[COG1] [COG2] operations are listed under the title of their connection, with its name if two have the title', () => {
  const groupOf = connectionGroups(catalogue);
  expect(Object.values(catalogue).map((each) => groupOf(each)?.title ?? null)).toEqual([
    'The shop (shop-1)',
    'The shop (shop-2)',
    'Customers',
    'old',
    null,
  ]);
});

test('[COG1] the palette has the groups, and finds an operation by the title of its connection', () => {
  const item = paletteOf(catalogue).find(({ id }) => id === 'crm.find')!;
  expect(item).toMatchObject({ group: 'Customers', connection: 'crm' });
  expect(item.words).toContain('Customers');
});
