/** The rules are in words.ts. */
import { expect, test } from 'vitest';
import { compareRuns, type ComparedRun } from '@/engine/run-view/compare-runs';
import type { RunFacts } from '@/engine/run-view/model';
import { project } from '@/engine/run-view/project';
import { HistoryWriter } from '@/engine/run-view/testing/history';
import { manifestOf, orderDocument } from '@/engine/run-view/testing/order';
import { runs } from '@/engine/run-view/testing/runs';
import { differenceWords, fieldNames, partingWords } from './words';

const manifest = manifestOf(orderDocument);
const of = (facts: RunFacts): ComparedRun => ({ facts, manifest, projection: project(facts, manifest) });
const said = (a: RunFacts, b: RunFacts) =>
  partingWords(compareRuns(of(a), of(b)), a.status === 'running' || b.status === 'running', [manifest]);

const reserved = () => new HistoryWriter().do('reserve-inventory', { reservationId: 'r-1' });
const declined = reserved()
  .schedule('charge-payment')
  .fail('charge-payment', 'Odd', 'no answer')
  .do('charge-payment:undo')
  .close('Failed')
  .facts({ status: 'failed' });

test('[CRW1] the step where they part is named, with both outcomes', () => {
  expect(said(runs.completed(), runs.unwound())).toBe(
    'They part at ‘Create shipment’. A: done. B: failed: NotApplied.'
  );
  expect(said(reserved().do('charge-payment').facts(), declined)).toBe(
    'They part at ‘Charge payment’. A: done. B: outcome unknown: Odd, undone.'
  );
  expect(said(runs.completed(), runs.terminated())).toBe('They part at ‘Create shipment’. A: done. B: terminated.');
});

test('[CRW1] open runs are not called the same', () => {
  expect(said(runs.running(), runs.completed())).toBe('No outcome differs so far.');
  expect(said(runs.completed(), runs.completed())).toBe('Every step ended in the same way.');
});

test('[CRW2] what differs in a step is named, on the side where it is', () => {
  const { steps } = compareRuns(of(runs.completed()), of(runs.unwound()));
  const words = (id: string) => differenceWords(steps.find(({ stepId }) => stepId === id)!);
  expect(words('reserve-inventory')).toEqual(['undone in B only']);
  expect(words('create-shipment')).toEqual(['another outcome', 'another failure', 'attempts: 1 and 5']);
  const charge = (input: unknown) =>
    of(new HistoryWriter().do('reserve-inventory').schedule('charge-payment', input).facts());
  const other = compareRuns(charge({ a: 1, b: { c: [1] }, d: 1, e: 1 }), charge({ a: 2, b: { c: [2] }, d: 2, e: 2 }));
  const step = other.steps.find(({ stepId }) => stepId === 'charge-payment')!;
  expect(differenceWords(step)).toEqual(['input: a, b.c[0], d and 1 more']);
  expect(fieldNames(step.input)).toBe('a, b.c[0], d and 1 more');
});
