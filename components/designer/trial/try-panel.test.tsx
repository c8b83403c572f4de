// @vitest-environment jsdom
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { TooltipProvider } from '@/components/ui/tooltip';
import { parseFlow } from '@/engine/flow/testing/flow';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { TrialCall, TrialEnd, TrialResult } from '@/engine/trial/result';
import { EMPTY_PLAN } from './plan-edits';
import { TryPanel } from './try-panel';
import type { Trial } from './use-trial';

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
function show(more: Partial<Trial> = {}, ended = end(), selected: string | null = null) {
  const result = {
    manifest,
    plan: EMPTY_PLAN,
    events: [],
    moments: [{ atMs: 0 }, { atMs: 0 }, { atMs: 0 }],
    calls: [call('do', 1, { kind: 'output', output: { id: 7 } }), call('undo', 2, failure)],
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
  render(
    <TooltipProvider>
      <TryPanel trial={trial} document={document} selected={selected} onSelect={onSelect} />
    </TooltipProvider>
  );
  return { trial, onSelect };
}

test('[TY1] the calls are listed in order with what was answered; a click shows the moment and the step', async () => {
  const { trial, onSelect } = show();
  const rows = within(screen.getByRole('list', { name: 'What happened, in order' })).getAllByRole('button');
  expect(rows.map((each) => each.textContent)).toEqual([
    'DoneChargeanswered {"id":7}',
    'Undo failedRefundfailed before its effect: is down',
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

test('[TY3] a question is answered with one press, which is kept in the plan', async () => {
  const question = { nodeId: 'charge', kind: 'undo', words: "'Refund' failed. What shall be done?" } as const;
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
