// @vitest-environment jsdom
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { TooltipProvider } from '@/components/ui/tooltip';
import { parseFlow } from '@/engine/flow/testing/flow';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { TrialCall, TrialEnd, TrialResult } from '@/engine/trial/result';
import { EMPTY_PLAN } from './plan-edits';
import { TryPanel } from './try-panel';
import type { Trial } from './use-trial';

beforeAll(answerForLayout);
/** A virtual list draws what fits into its box, and without a layout nothing does. */
vi.mock('@tanstack/react-virtual', () => ({
  useVirtualizer: ({ count }: { count: number }) => ({
    getTotalSize: () => 0,
    getVirtualItems: () => Array.from({ length: count }, (_, index) => ({ key: index, index, start: 0 })),
  }),
}));
afterEach(cleanup);

const POST = { method: 'POST', connection: 'service', path: '/do' };
const document = parseFlow({
  format: 2,
  name: 'order',
  title: 'Order',
  input: { type: 'object', properties: {} },
  steps: [
    {
      id: 'charge',
      kind: 'action',
      title: 'Charge',
      activity: 'http.request',
      input: POST,
      effect: 'reversible',
      undo: { title: 'Refund', activity: 'http.request', input: POST },
    },
  ],
});
const manifest = {
  document,
  nodes: { charge: { id: 'charge', title: 'Charge', effect: 'reversible', undo: { title: 'Refund' } } },
} as unknown as FlowManifest;

const call = (role: TrialCall['role'], moment: number, answer: TrialCall['answer']): TrialCall => ({
  nodeId: 'charge',
  path: [],
  role,
  attempt: 1,
  atMs: 0,
  answer,
  words: null,
  moment,
});
const failure = { kind: 'failure', effect: 'none', type: 'Down', message: 'is down', retryable: false } as const;
const end = (more: Partial<TrialEnd> = {}): TrialEnd => ({
  kind: 'failed',
  sentence: 'Charge failed.',
  failure: null,
  questions: [],
  elapsedMs: 0,
  ...more,
});
function show(
  more: Partial<Trial> = {},
  ended = end(),
  selected: string | null = null,
  of = document,
  calls = [call('do', 1, { kind: 'output', output: { id: 7 } }), call('undo', 2, failure)]
) {
  const result = {
    manifest,
    plan: EMPTY_PLAN,
    events: [],
    moments: [{ atMs: 0 }, { atMs: 0 }, { atMs: 0 }],
    calls,
    end: ended,
    left: [],
    undone: [],
    reached: [],
    books: [],
    startedMs: 0,
  } as unknown as TrialResult;
  const trial: Trial = {
    plan: EMPTY_PLAN,
    setPlan: vi.fn(),
    result,
    isStale: false,
    isPlaying: false,
    failure: null,
    again: vi.fn(),
    at: 2,
    moments: 3,
    setAt: vi.fn(),
    projection: null,
    picture: null,
    ...more,
  };
  const onSelect = vi.fn();
  const panel = (now: string | null) => (
    <TooltipProvider>
      <TryPanel trial={trial} document={of} selected={now} onSelect={onSelect} />
    </TooltipProvider>
  );
  const { rerender } = render(panel(selected));
  return { trial, onSelect, again: (now: string) => rerender(panel(now)) };
}

test('[TY1] the calls are listed in order with what was answered; a click shows the moment and the step', async () => {
  const { trial, onSelect } = show();
  const rows = within(screen.getByRole('list', { name: 'What happened, in order' })).getAllByRole('button');
  expect(rows.map((each) => each.textContent)).toEqual([
    'DoneChargeanswered {"id":7}',
    'Undo failedRefundfailed: is down',
  ]);
  await userEvent.click(rows[0]!);
  expect(trial.setAt).toHaveBeenCalledWith(1);
  expect(onSelect).toHaveBeenCalledWith('charge');
});

test('[TY2] [ and ] go to the moment before and after, and not beyond the last one', async () => {
  const { trial } = show({ at: 1 });
  await userEvent.keyboard('[[');
  expect(trial.setAt).toHaveBeenLastCalledWith(0);
  await userEvent.keyboard(']');
  expect(trial.setAt).toHaveBeenLastCalledWith(2);
  cleanup();
  const last = show({ at: 2 });
  await userEvent.keyboard(']');
  expect(last.trial.setAt).toHaveBeenLastCalledWith(2);
});

test('[TY8] k and j go through the calls of one moment, and one of them is current', async () => {
  const [first, second, third] = ['first', 'second', 'third'].map((nodeId) => ({ ...call('do', 2, failure), nodeId }));
  const { onSelect } = show({}, end(), null, document, [first!, second!, third!]);
  await userEvent.keyboard('kk');
  expect(onSelect.mock.calls).toEqual([['second'], ['first']]);
  const rows = within(screen.getByRole('list', { name: 'What happened, in order' })).getAllByRole('button');
  expect(rows.map((row) => row.getAttribute('aria-current'))).toEqual(['step', null, null]);
  await userEvent.keyboard('j');
  expect(onSelect).toHaveBeenLastCalledWith('second');
});

test('[TY9] a question has no answer that the run would not accept', () => {
  const undo = { nodeId: 'charge', kind: 'undo', words: 'What now?', without: 'retry' } as const;
  show({}, end({ kind: 'asks', questions: [undo, { ...undo, kind: 'outcome', without: 'undo' }] }));
  const offered = within(screen.getByRole('status')).getAllByRole('button');
  expect(offered.map(({ textContent }) => textContent)).toEqual([
    'Undone by hand',
    'Leave it as it is',
    'It happened',
    'It did not happen',
  ]);
});

test('[TY3] a question is answered with one press, which is kept in the plan', async () => {
  const question = { nodeId: 'charge', kind: 'undo', words: "'Refund' failed. What is to be done?" } as const;
  const { trial } = show({}, end({ kind: 'asks', questions: [question] }));
  await userEvent.click(screen.getByRole('button', { name: 'Undone by hand' }));
  expect(trial.setPlan).toHaveBeenCalledWith({ seed: 1, steps: { charge: { afterUndoFailed: ['doneByHand'] } } });
});

test('[TY4] a stop at the selected step is one tick', async () => {
  const { trial } = show({}, end(), 'charge');
  await userEvent.click(screen.getByRole('checkbox', { name: 'Somebody stops the run here' }));
  expect(trial.setPlan).toHaveBeenCalledWith({ seed: 1, steps: {}, stopAt: 'charge' });
});

test('[TY5] problems of the document lead to their steps', async () => {
  const { onSelect } = show({
    failure: {
      code: 'documentInvalid',
      message: "'order' cannot be tried yet: 1 problem.",
      whatToDo: 'Correct it.',
      problems: [{ at: 'charge', message: 'It has no address.' }],
    },
  });
  await userEvent.click(within(screen.getByRole('alert')).getByRole('button', { name: 'Charge' }));
  expect(onSelect).toHaveBeenCalledWith('charge');
});

const LOOPS = parseFlow({
  format: 2,
  name: 'loops',
  title: 'Loops',
  input: { type: 'object', properties: {} },
  steps: [
    {
      id: 'lines',
      kind: 'each',
      title: 'Lines',
      items: '[1, 2]',
      item: 'line',
      steps: [{ id: 'pack', kind: 'action', title: 'Pack', activity: 'http.request', input: POST, effect: 'none' }],
    },
    {
      id: 'until',
      kind: 'repeat',
      title: 'Until',
      until: 'true',
      most: 3,
      steps: [{ id: 'ask', kind: 'action', title: 'Ask', activity: 'http.request', input: POST, effect: 'none' }],
    },
  ],
});

test('[TY6] an item of the selected loop leads to its first step, and stays chosen for the steps of the loop', async () => {
  const of = (nodeId: string, item: number, output: unknown): TrialCall => ({
    ...call('do', item, { kind: 'output', output }),
    nodeId,
    path: [item],
  });
  const items = [1, 2].map((number) => ({
    path: [number],
    state: 'done',
    startedMs: null,
    endedMs: null,
    failure: null,
  }));
  const result = {
    manifest: { document: LOOPS, nodes: {} },
    plan: EMPTY_PLAN,
    calls: [of('pack', 1, 'first'), of('pack', 2, 'second'), of('ask', 1, null)],
    moments: [],
    end: end(),
    left: [],
    undone: [],
    startedMs: 0,
  } as unknown as TrialResult;
  const projection = { items: { lines: items, until: [{ ...items[0], path: [7] }] }, ledger: { left: 0, entries: [] } };
  const shared = { result, projection: projection as unknown as Trial['projection'] };
  const { again, trial, onSelect } = show(shared, end(), 'lines', LOOPS);

  const list = screen.getByRole('group', { name: 'Items of this loop' });
  await userEvent.click(within(list).getByRole('button', { name: 'Item 2' }));
  expect(trial.setAt).toHaveBeenLastCalledWith(2);
  expect(onSelect).toHaveBeenLastCalledWith('pack');
  again('pack');
  expect(screen.getByRole('combobox', { name: 'Which item' }).textContent).toBe('Item 2');
  again('until');
  // No step of this round called anything.
  expect(screen.queryByRole('button', { name: 'Round 7' })).toBeNull();
  expect(screen.getByText('ask (round 1)')).toBeTruthy();
  again('ask');
  expect(screen.getByRole('combobox', { name: 'Which round' }).textContent).toBe('All rounds');
});
