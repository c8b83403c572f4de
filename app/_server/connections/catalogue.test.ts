import { expect, test } from 'vitest';
import { PEOPLE } from '../testing/test-web';
import { getCatalogue } from './catalogue';

test('[CA1] the catalogue for drafts has what steps may call, and no internal activity', () => {
  const { catalogue } = getCatalogue(PEOPLE.vera);
  expect(Object.keys(catalogue).sort()).toEqual(['http.request', 'log']);
  expect(Object.values(catalogue).filter(({ internal }) => internal)).toEqual([]);
});

test('[CA2] somebody without a role gets no catalogue', () => {
  expect(() => getCatalogue({ ...PEOPLE.vera, grants: [] })).toThrow(/no role/);
});
