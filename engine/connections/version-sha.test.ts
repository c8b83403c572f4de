/** The sha of a version and the operations that its document calls. [CN2] through the compiler alone. */
import { expect, test } from 'vitest';
import { catalogue } from '../activities/catalogue';
import { compile } from '../compiler/compile';
import { readSagaSources } from '../compiler/saga-sources';
import example from '../examples/order-fulfilment/order-fulfilment.flow.json';
import { SHOP, SHOP_OPERATIONS } from '../examples/order-fulfilment/connection';
import type { Catalogue } from '../flow/catalogue';
import { activityOf, catalogueEntry, type Operation } from '../flow/connections/operation';

const saga = readSagaSources();
async function shaOf(document: unknown, operations: Catalogue = {}): Promise<string | undefined> {
  const { manifest, diagnostics } = await compile(document, {
    version: 1,
    catalogue: { ...operations, ...catalogue },
    saga,
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return manifest?.sha;
}
const entries = (sha: string, change: Partial<Operation> = {}): Catalogue =>
  Object.fromEntries(
    SHOP_OPERATIONS.map((operation) => {
      const entry = catalogueEntry({ ...operation, ...change }, SHOP, () => undefined);
      return [activityOf(operation), { ...entry, sha }];
    })
  );
const drawn = {
  format: 1,
  name: 'drawn',
  title: 'Drawn',
  input: { type: 'object', properties: {} },
  steps: [
    { id: 'release', kind: 'action', title: 'Release', activity: 'shop.releaseInventory', input: { orderId: 'o' } },
  ],
};

test('[CVS1] a document that calls no operation has the same sha, whatever operations there are', async () => {
  expect(await shaOf(example, entries('one'))).toBe(await shaOf(example));
});

test('[CVS2] the sha of an operation is part of the sha of each version that calls it; its words are not', async () => {
  const sha = await shaOf(drawn, entries('one'));
  expect(await shaOf(drawn, entries('two'))).not.toBe(sha);
  expect(await shaOf(drawn, entries('one', { title: 'Another title', description: 'Other words.' }))).toBe(sha);
});
