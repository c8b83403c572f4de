import { expect, test } from 'vitest';
import type { Web } from '../web';
import { PEOPLE } from '../testing/test-web';
import { getCatalogue } from './catalogue';

const web = { versions: { getCatalogue: async () => ({}) } } as unknown as Pick<Web, 'versions'>;

test('[CC1] the catalogue for drafts has what steps may call, and no internal activity', async () => {
  const { catalogue } = await getCatalogue(web, PEOPLE.vera);
  expect(Object.keys(catalogue).sort()).toEqual(['http.request', 'log']);
  expect(Object.values(catalogue).filter(({ internal }) => internal)).toEqual([]);
});

test('[CC2] somebody without a role gets no catalogue', async () => {
  await expect(getCatalogue(web, { ...PEOPLE.vera, grants: [] })).rejects.toThrow(/no role/);
});
