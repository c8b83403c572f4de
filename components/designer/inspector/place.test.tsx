// @vitest-environment jsdom
/** [PLC1] The jump to a problem leads to what is typed or chosen in its field, not to a button beside the label. */
import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { focusField } from './place';
import { branch, draftOf, show, step } from './testing/show';

beforeAll(answerForLayout);
afterEach(cleanup);

const input = { orderId: { $expr: 'input.orderId' }, amount: 5 };
const CASES = {
  charge: step('charge', { activity: 'shop.charge', input, unknown: { policy: 'ask' } }),
  wait: step('wait', { until: "'2030-01-01T09:00:00Z'", duration: undefined as never }, 'wait'),
  ask: step('ask', { question: 'Well?', data: {}, candidates: ['finance'] }, 'approval'),
  list: step('list', { items: 'input.list', item: 'one' }, 'each'),
};

it.each<[keyof typeof CASES, string[], string]>([
  ['charge', ['input', 'amount'], 'Amount'],
  ['charge', ['input', 'orderId'], 'Order'],
  ['charge', ['options', 'retry', 'initialInterval'], 'First pause'],
  ['charge', ['activity'], 'Calls: Charge a payment'],
  ['wait', ['until'], 'Moment'],
  ['ask', ['candidates', '0'], 'Who may decide'],
  ['list', ['items'], 'List'],
])('[PLC1] %s: %s', (name, path, label) => {
  show(draftOf(CASES[name]), name);
  expect(focusField(document, path)).toBe(true);
  const named = screen.getAllByLabelText(label, { exact: true });
  expect(named).toContain(document.activeElement);
});

it('[PLC1] of handlers, branches and undos the one that has the problem', () => {
  const handler = (id: string, type: string) => branch(id, 'catch', { types: [type], scope: 'keep' });
  const handled = { ...CASES.charge, branches: [handler('c1', 'A'), handler('c2', 'B')] };
  show(draftOf(handled), 'charge');
  expect(focusField(document, ['catch', '1'])).toBe(true);
  expect(document.activeElement?.closest('[role="group"]')?.getAttribute('aria-label')).toBe('Handler 2');
  cleanup();
  const undo = { title: 'Give it back', activity: 'shop.refund', input: {} };
  show(draftOf(step('charge', { ...CASES.charge.fields, undo })), 'charge');
  expect(focusField(document, ['undo'])).toBe(true);
  expect((document.activeElement as HTMLInputElement).value).toBe('Give it back');
});

it('[PLC1] of radio buttons the chosen one, and none that cannot be chosen', () => {
  const { theirs } = show(draftOf(CASES.charge), 'charge');
  expect(focusField(document, ['unknown', 'policy'])).toBe(true);
  expect((document.activeElement as HTMLInputElement).value).toBe('ask');
  theirs({ op: 'set', target: { node: 'charge' }, path: ['unknown'], was: { policy: 'ask' } });
  expect(focusField(document, ['unknown'])).toBe(true);
  expect(document.activeElement).toMatchObject({ type: 'radio', disabled: false });
});
