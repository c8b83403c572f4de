import { expect, test } from 'vitest';
import { RUN_STANDINGS } from '@/app/_contract/runs';
import { GROUPS } from './day-counts';
import { LEFT_BEHIND, NEEDS_A_PERSON } from './questions';

test('[HDC2] Home counts every run once, and shows every run that left effects behind', () => {
  expect(GROUPS.flatMap(({ standings }) => standings).sort()).toEqual([...RUN_STANDINGS].sort());
  const leaving = RUN_STANDINGS.filter((standing) => standing.endsWith('Standing'));
  expect([...LEFT_BEHIND].sort()).toEqual([...leaving].sort());
  for (const standing of leaving) expect(NEEDS_A_PERSON).toContain(standing);
});
