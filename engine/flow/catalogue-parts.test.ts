import { expect, test } from 'vitest';
import type { Catalogue, CatalogueActivity } from './catalogue';
import { activitiesNamed, chosenOf, withoutBrief } from './catalogue-parts';

const properties = Object.fromEntries(
  Array.from({ length: 20 }, (_, at) => [`field${at}`, { type: 'string' as const, title: 'A field of some length' }])
);
const activity = (at: number): CatalogueActivity => ({
  name: `crm.op${at}`,
  title: `Operation ${at}`,
  description: 'What lists show. What only its form shows.',
  connectionTitle: 'CRM',
  effect: 'reversible',
  input: { type: 'object', properties },
  output: { type: 'object', properties },
  sha: 'a'.repeat(64),
  defaultOptions: {},
  ...(at === 0
    ? { suggestedUndo: { title: 'Undo', activity: 'crm.op1', input: {}, armed: 'completed' as const } }
    : {}),
});
const catalogueOf = (count: number): Catalogue =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`crm.op${at}`, activity(at)]));

test('[CAP1] [CAP2] of a large catalogue, what is named is there in full, with its undo, and the rest in brief', () => {
  const all = catalogueOf(5_000);
  const chosen = chosenOf(all, { names: ['crm.op0', 'crm.unknown', 'constructor'], brief: true });
  expect(Object.keys(chosen)).toEqual(Object.keys(all));
  expect([chosen['crm.op0'], chosen['crm.op1']]).toEqual([all['crm.op0'], all['crm.op1']]);
  expect(chosen['crm.op2']).toEqual({
    name: 'crm.op2',
    title: 'Operation 2',
    description: 'What lists show',
    connectionTitle: 'CRM',
    effect: 'reversible',
    input: { type: 'object' },
    output: {},
    defaultOptions: {},
    isBrief: true,
  });
  expect(JSON.stringify(chosen).length).toBeLessThan(JSON.stringify(all).length / 10);
  expect(Object.keys(chosenOf(all, { names: ['crm.op0'], brief: false }))).toEqual(['crm.op0', 'crm.op1']);
});

test('[CAP4] a page is sent without what is there in brief, and knows how much that is', () => {
  const all = catalogueOf(5_000);
  const sent = withoutBrief(chosenOf(all, { names: ['crm.op0'], brief: true }));
  expect(sent).toEqual({ catalogue: { 'crm.op0': all['crm.op0'], 'crm.op1': all['crm.op1'] }, others: 4_998 });
  expect(withoutBrief(catalogueOf(20))).toEqual({ catalogue: catalogueOf(20), others: 0 });
});

test('[CAP3] a catalogue of usual size is not divided', () => {
  const all = catalogueOf(20);
  expect(chosenOf(all, { names: [], brief: true })).toBe(all);
});

test('[CAP1] what a draft names: in steps, undos, look-ups and the tray, whatever else is in it', () => {
  const draft = {
    steps: [
      { fields: { activity: 'crm.a', undo: { activity: 'crm.b' }, unknown: { policy: 'check', activity: 'crm.c' } } },
    ],
    tray: [{ branches: [{ nodes: [{ fields: { activity: 'crm.d' } }] }] }],
    odd: [null, 7, { activity: 7 }, { activity: 'log' }],
  };
  expect([...activitiesNamed(draft)].sort()).toEqual(['crm.a', 'crm.b', 'crm.c', 'crm.d']);
});
