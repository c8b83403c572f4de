/** The rules are in unfit-tests.ts. */
import { expect, test } from 'vitest';
import { parseFlow } from './testing/flow';
import type { FlowTest, Outcome } from './tests';
import { planSchema, type TrialPlan } from './trial-plan';
import { unfitIn, withoutUnfit } from './unfit-tests';

const call = (id: string, more: object = {}) => ({
  id,
  kind: 'action',
  title: id.toUpperCase(),
  activity: 'http.request',
  effect: 'reversible',
  input: {},
  ...more,
});
const undo = { title: 'Undo', activity: 'http.request', input: {} };
const flow = parseFlow({
  format: 2,
  name: 'trip',
  title: 'Trip',
  input: { type: 'object', properties: { amount: { type: 'integer', title: 'Amount' } }, required: ['amount'] },
  steps: [
    call('hotel', { undo }),
    call('car'),
    { id: 'loop', kind: 'each', title: 'Loop', items: '[1]', item: 'one', steps: [call('seat')] },
    { id: 'ok', kind: 'approval', title: 'Approve', question: 'OK?', data: {} },
    { id: 'pause', kind: 'wait', title: 'Pause', duration: '1s' },
  ],
});
const of = (plan: Partial<TrialPlan>, expected: Partial<Outcome> = {}): FlowTest => ({
  name: 'one',
  title: 'One',
  plan: planSchema.parse(plan),
  expect: { ends: 'failed', remains: [], undone: [], asks: [], ...expected },
});
const fails = planSchema.parse({ steps: { x: { answers: [{ kind: 'timeout', effect: 'none' }] } } }).steps.x!;

test.each([
  [of({ steps: { car: fails, ok: { decision: 'reject' } }, input: { amount: 3 } }, { undone: ['hotel'] }), []],
  // The plan of a cell of the failure matrix: what has no meaning for the step is no misfit.
  [of({ steps: { ok: { decision: 'nobody', signal: 'never' } } }), []],
  [of({ steps: { seat: { items: { '1': fails } } } }), []],
  [
    of({ steps: { plane: fails }, stopAt: 'plane' }),
    ["The flow no longer has the step 'plane', which the test names."],
  ],
  [
    of({}, { asks: [{ nodeId: 'bus', kind: 'undo' }] }),
    ["The flow no longer has the step 'bus', which the test names."],
  ],
  [
    of({ steps: { pause: { decision: 'reject' } } }),
    ["The answers of the test for 'Pause' do not fit: its kind is 'wait' now."],
  ],
  [of({ steps: { ok: fails } }), ["The answers of the test for 'Approve' do not fit: its kind is 'approval' now."]],
  [
    of({ steps: { car: { ...fails, undo: fails.answers } } }),
    ["The test has answers for the undo of 'CAR', which has no undo now."],
  ],
  [
    of({ steps: { car: { lookUp: { fails: true } } } }),
    ["The test has an answer for the look-up of 'CAR', which has none now."],
  ],
  [
    of({ steps: { car: { items: { '2': fails } } } }),
    ["The test has answers for single items of 'CAR', which is in no loop now."],
  ],
  [of({ input: {} }), ["The flow refuses the input of the test: 'amount' is missing."]],
  [of({ input: 7 }), ['The flow refuses the input of the test: it must be a group of fields.']],
])('[UNF1] [UNF2] %j', (kept, says) => {
  expect(unfitIn(kept, flow).map(({ message }) => message)).toEqual(says);
  const left = withoutUnfit(kept, flow);
  expect(unfitIn(left, flow)).toEqual([]);
  expect(left.name).toBe('one');
  if (says.length === 0) expect(left).toEqual(kept);
});

test('[UNF2] what fits is kept beside what does not', () => {
  const kept = of(
    { steps: { car: { ...fails, undo: fails.answers }, gone: fails }, input: { amount: 3 }, stopAt: 'gone' },
    { undone: ['gone', 'hotel'] }
  );
  expect(withoutUnfit(kept, flow)).toEqual(of({ steps: { car: fails }, input: { amount: 3 } }, { undone: ['hotel'] }));
});
