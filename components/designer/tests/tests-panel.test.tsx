// @vitest-environment jsdom
/**
 * Rules
 * [TPN1] A test shows what it expects, and after it was played whether it passes, or each difference in words.
 * [TPN2] A result of an older flow, or of an older test, does not count.
 * [TPN4] A test that no longer fits the flow says why before it is played, is not played, and can be mended there.
 * [TPN3] What came out can be taken as what is expected.
 */
import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { TooltipProvider } from '@/components/ui/tooltip';
import type { FlowDocument } from '@/engine/flow/document';
import { parseFlow } from '@/engine/flow/testing/flow';
import type { FlowTest } from '@/engine/flow/tests';
import { TestsPanel } from './tests-panel';
import { useTests } from './use-tests';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const kept: FlowTest = {
  name: 'declined',
  title: 'Card declined',
  plan: { steps: {}, seed: 1 },
  expect: { ends: 'failed', remains: [], undone: ['reserve'], asks: [] },
};
const flow = parseFlow({
  format: 2,
  name: 'order',
  title: 'Order',
  input: { type: 'object' },
  steps: [
    { id: 'reserve', kind: 'action', title: 'Reserve', activity: 'http.request', effect: 'reversible', input: {} },
  ],
  tests: [kept],
});

function open(left: { nodeId: string; title: string; state: string; happened: string }[], undone: string[]) {
  const asked: { document: FlowDocument; plan: unknown }[] = [];
  vi.stubGlobal('fetch', async (_: unknown, { body }: RequestInit) => {
    asked.push(JSON.parse(String(body)) as (typeof asked)[number]);
    const result = { end: { kind: 'failed', sentence: '', failure: null, questions: [], elapsedMs: 0 }, left, undone };
    return Response.json({ kind: 'result', result });
  });
  const shown = { change: (_: FlowDocument) => {} };
  const onOpen = vi.fn();
  const onChange = vi.fn();
  function Page() {
    const [document, setDocument] = useState(flow);
    shown.change = setDocument;
    return (
      <TooltipProvider>
        <TestsPanel
          tests={useTests('draft', document)}
          titleOf={() => 'Reserve'}
          readOnly={null}
          neverLeavesSilently={false}
          onRequire={vi.fn()}
          onOpen={onOpen}
          onChange={onChange}
        />
      </TooltipProvider>
    );
  }
  render(<Page />);
  return { asked, onOpen, onChange, change: (document: FlowDocument) => act(() => shown.change(document)) };
}
const row = () => within(screen.getByRole('listitem', { name: 'Card declined' }));

test('[TPN1] a test says what it expects, and passes when that comes of it; the tests are no part of what is played', async () => {
  const { asked } = open([], ['reserve']);
  expect(row().getByText("The run fails. Undone: 'Reserve'. Nothing remains that should not.")).toBeTruthy();
  expect(row().getByText('Not played yet')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Play all' }));
  expect(await row().findByText('Passes')).toBeTruthy();
  expect(asked.map(({ document }) => document.tests)).toEqual([undefined]);
});

test('[TPN2] a difference is said in words, and no longer counts after the flow has changed', async () => {
  const { change } = open([{ nodeId: 'reserve', title: 'Reserve', state: 'standing', happened: 'yes' }], []);
  await userEvent.click(screen.getByRole('button', { name: 'Play all' }));
  expect(await row().findByText("'Reserve' should be undone, but it remains.")).toBeTruthy();
  expect(row().getByText('Differs')).toBeTruthy();
  change({ ...flow, title: 'Another' });
  expect(row().getByText('Played before the last change')).toBeTruthy();
  expect(screen.getByRole('status').textContent).toContain('1 test: 1 not played since the last change');
});

test('[TPN3] what came out is taken as what is expected; a test opens as a try, and is removed', async () => {
  const { onChange, onOpen } = open([{ nodeId: 'reserve', title: 'Reserve', state: 'standing', happened: 'yes' }], []);
  await userEvent.click(screen.getByRole('button', { name: 'Play all' }));
  await userEvent.click(await row().findByRole('button', { name: 'Expect what came out' }));
  expect(onChange).toHaveBeenLastCalledWith([
    { ...kept, expect: { ends: 'failed', remains: ['reserve'], undone: [], asks: [] } },
  ]);
  await userEvent.click(row().getByRole('button', { name: 'Open as a try' }));
  expect(onOpen).toHaveBeenCalledWith(kept);
  await userEvent.click(row().getByRole('button', { name: "Remove the test 'Card declined'" }));
  expect(onChange).toHaveBeenLastCalledWith([]);
});

test('[TPN4] a test of a step that is gone says so, is not played, and what no longer fits is left out', async () => {
  const { asked, onChange, change } = open([], ['reserve']);
  change({ ...flow, tests: [{ ...kept, expect: { ...kept.expect, undone: ['reserve', 'gone'] } }] });
  expect(row().getByText("The flow no longer has the step 'gone', which the test names.")).toBeTruthy();
  expect(screen.getByRole('status').textContent).toContain('1 no longer fits');
  await userEvent.click(screen.getByRole('button', { name: 'Play all' }));
  expect(asked).toEqual([]);
  await userEvent.click(row().getByRole('button', { name: 'Leave out what no longer fits' }));
  expect(onChange).toHaveBeenLastCalledWith([kept]);
});
