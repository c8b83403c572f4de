import { expect, test } from 'vitest';
import type { Consequence } from '@/app/_contract/inbox';
import { linesOf, sidesOf } from './consequence-lines';

const goesOn: Consequence = {
  kind: 'goesOn',
  runs: ['Charge payment', 'Create shipment'],
  then: 'Then the run ends.',
  undoes: [],
  stays: [],
  certain: true,
};
const unwinds: Consequence = {
  kind: 'unwinds',
  runs: [],
  then: null,
  undoes: [{ step: 'Reserve inventory', undo: 'Release the goods' }],
  stays: [],
  certain: true,
};
const said = (consequence: Consequence) => linesOf(consequence).map(({ kind, text }) => `${kind}: ${text}`);

test('if the run continues, the line names the steps and then where they end', () => {
  expect(said(goesOn)).toEqual(['runs: Charge payment', 'runs: Create shipment', 'says: Then the run ends.']);
});

test('if the run unwinds, the line names each undo with its step, then says that all of it is undone', () => {
  expect(linesOf(unwinds)[0]).toEqual({ kind: 'undoes', text: 'Release the goods', of: 'Reserve inventory' });
  expect(said(unwinds)[1]).toBe('says: Then the run fails, and all its effects are undone.');
});

test('an effect that remains is never called undone', () => {
  expect(said({ ...unwinds, stays: ['Send the mail'] })).toEqual([
    'undoes: Release the goods',
    'stays: Send the mail',
    'says: Then the run fails; one effect remains.',
  ]);
});

test('a failure without effects says that nothing was done', () => {
  expect(said({ ...unwinds, kind: 'fails', undoes: [] })).toEqual(['says: The run fails. There is nothing to undo.']);
});

test('the undos come first, then the steps of the handler', () => {
  expect(said({ ...unwinds, kind: 'goesOn', runs: ['Tell the customer'] })).toEqual([
    'undoes: Release the goods',
    'runs: Tell the customer',
  ]);
});

test('an uncertain result is called uncertain', () => {
  expect(said({ ...goesOn, certain: false }).at(-1)).toBe(
    'says: Other steps that run at the same time may change this.'
  );
});

test('[CL5] decisions with the same consequence are shown once, by their titles', () => {
  const decision = (key: string, title: string, turnsBack = false) => ({
    key,
    title,
    turnsBack,
    requireComment: false,
  });
  const usual = [decision('approve', 'Approve'), decision('reject', 'Reject', true)];
  const titles = (decisions: typeof usual) =>
    sidesOf(
      decisions,
      Object.fromEntries(decisions.map(({ key, turnsBack }) => [key, turnsBack ? unwinds : goesOn]))
    ).map(({ title }) => title);
  expect(titles(usual)).toEqual(['If you approve', 'If you reject']);
  expect(titles([...usual, decision('payLess', 'Pay less')])).toEqual([
    'If you approve or choose ‘Pay less’',
    'If you reject',
  ]);
  const [approve] = usual;
  expect(titles([approve!, decision('payLess', 'Pay less')])).toEqual(['Whatever you decide']);
});
