// @vitest-environment jsdom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { getJson } from '@/components/live/api';
import type { Catalogue, CatalogueActivity } from '@/engine/flow/catalogue';
import { draftOf } from '@/engine/flow/edit/draft';
import { parseFlow } from '@/engine/flow/testing/flow';
import { useCatalogue } from './use-catalogue';

vi.mock('@/components/live/api', () => ({ getJson: vi.fn() }));

const brief = (name: string): CatalogueActivity => ({
  name,
  title: name,
  effect: 'none',
  input: { type: 'object' },
  output: {},
  defaultOptions: {},
  isBrief: true,
});
const full = (name: string): CatalogueActivity => {
  const { isBrief: _, ...rest } = brief(name);
  return { ...rest, sha: 'a' };
};
const draft = (...activities: string[]) =>
  draftOf(
    parseFlow({
      format: 2,
      name: 'test',
      title: 'Test',
      input: { type: 'object' },
      steps: activities.map((activity, at) => ({ id: `s${at}`, kind: 'action', title: activity, activity, input: {} })),
    })
  );

beforeEach(() => void vi.mocked(getJson).mockReset());
afterEach(cleanup);

function open(catalogue: Catalogue, ...activities: string[]) {
  const view = renderHook(({ named }: { named: string[] }) => useCatalogue(catalogue, draft(...named)), {
    initialProps: { named: activities },
  });
  return {
    current: () => view.result.current,
    name: (...named: string[]) => act(async () => view.rerender({ named })),
  };
}

test('[UCA1] what the draft names is read once, when it is named', async () => {
  vi.mocked(getJson).mockImplementation(async () => ({ catalogue: { 'crm.b': full('crm.b') } }));
  const page = open({ 'crm.a': full('crm.a'), 'crm.b': brief('crm.b'), 'crm.c': brief('crm.c') }, 'crm.a');
  expect(getJson).not.toHaveBeenCalled();
  await page.name('crm.a', 'crm.b');
  expect(vi.mocked(getJson).mock.calls).toEqual([['/api/catalogue?names=crm.b']]);
  expect(page.current()).toEqual({ 'crm.a': full('crm.a'), 'crm.b': full('crm.b'), 'crm.c': brief('crm.c') });
  await page.name('crm.b');
  expect(getJson).toHaveBeenCalledTimes(1);
});

test('[UCA2] what could not be read is read again with the next change', async () => {
  vi.mocked(getJson).mockRejectedValueOnce(new Error('offline'));
  vi.mocked(getJson).mockResolvedValue({ catalogue: { 'crm.b': full('crm.b'), 'crm.c': full('crm.c') } });
  const page = open({ 'crm.b': brief('crm.b'), 'crm.c': brief('crm.c') });
  await page.name('crm.b');
  expect(page.current()['crm.b']?.isBrief).toBe(true);
  await page.name('crm.b', 'crm.c');
  expect(page.current()).toEqual({ 'crm.b': full('crm.b'), 'crm.c': full('crm.c') });
});

test('[UCA1] of a catalogue that is whole, nothing is read', async () => {
  const page = open({ 'crm.a': full('crm.a') });
  await page.name('crm.a', 'crm.gone');
  expect(getJson).not.toHaveBeenCalled();
});
