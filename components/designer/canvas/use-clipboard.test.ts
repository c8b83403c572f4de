// @vitest-environment jsdom
/**
 * [CB1] What was copied is read again in any flow. Anything else is refused with a sentence that says what it is.
 * [CB2] All that is selected is copied and cut, the steps behind the card of a fold too. What is inserted comes behind
 *       the last of them.
 * [CB3] A browser that refuses the clipboard: the steps can still be inserted in this tab, and the person is told so.
 */
import { act, renderHook } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { toast } from '@/components/ui/toast';
import { documentOf } from '@/engine/flow/edit/document-of';
import type { Draft, DraftNode } from '@/engine/flow/edit/draft';
import { stretchKey } from '@/engine/flow/layout/folds';
import type { Edit } from './node-actions';
import { selectedIn } from './selection';
import { copiedIn, textOf, useClipboard } from './use-clipboard';

vi.mock('@/components/ui/toast', () => ({ toast: Object.assign(vi.fn(), { error: vi.fn() }) }));

const wait: DraftNode = { id: 'wait', kind: 'wait', fields: { title: 'Wait', duration: '1d' }, branches: [] };

test('[CB1] copied steps are readable JSON and are read again', () => {
  expect(textOf([wait])).toContain('\n');
  expect(copiedIn(textOf([wait]))).toEqual({ nodes: [wait], whyNot: null });
});
test('[CB1] an older copy without a format is read; a newer format is refused by name', () => {
  expect(copiedIn(JSON.stringify({ 'backstitch steps': [wait] })).nodes).toEqual([wait]);
  expect(copiedIn(JSON.stringify({ 'backstitch steps': [wait], format: 99 })).whyNot).toContain('newer release');
});
test('[CB1] a text that is no piece of a flow, a damaged one and an unknown kind of step are each refused with a reason', () => {
  expect(copiedIn('').whyNot).toContain('no text');
  expect(copiedIn('Dear all,').whyNot).toContain('no piece of a flow');
  expect(copiedIn(textOf([wait]).slice(0, -5)).whyNot).toContain('not complete');
  expect(copiedIn(JSON.stringify({ 'backstitch steps': [{ id: 'x' }] })).whyNot).toContain('changed');
  expect(copiedIn(textOf([{ ...wait, kind: 'teleport' as 'wait' }])).whyNot).toContain("'teleport'");
});

const named = (id: string): DraftNode => ({ ...wait, id, fields: { title: id, duration: '1d' } });
const draft: Draft = { flow: { title: 'Flow' }, steps: ['a', 'b', 'c'].map(named), tray: [] };
/** The steps a and b are folded, and their card is selected. */
function opened() {
  const { document: flow } = documentOf(draft);
  const folded = new Set([stretchKey('a', 'b')]);
  const selected = selectedIn(draft, flow, folded, { primary: 'a', part: 'step', also: [] });
  const edits: Edit[] = [];
  const hook = renderHook(() =>
    useClipboard({ draft, selected, readOnly: null, onEdit: (edit) => edits.push(edit) > 0, onSelection: () => {} })
  );
  /** As the browser sends it. */
  const send = (name: 'copy' | 'cut' | 'paste', text = '') => {
    const kept = { text };
    const event = new Event(name, { cancelable: true }) as ClipboardEvent;
    const clipboardData = { setData: (_: string, data: string) => (kept.text = data), getData: () => kept.text };
    Object.defineProperty(event, 'clipboardData', { value: clipboardData });
    act(() => void document.dispatchEvent(event));
    return kept.text;
  };
  return { hook, edits, send };
}
const idsIn = (text: string) => copiedIn(text).nodes?.map(({ id }) => id);

test('[CB2] the card of a fold is copied and cut as its steps, and what is inserted comes behind the last one', () => {
  const { hook, edits, send } = opened();
  const text = send('copy');
  expect(idsIn(text)).toEqual(['a', 'b']);
  expect(idsIn(send('cut'))).toEqual(['a', 'b']);
  expect(edits.pop()!.operations.map((each) => 'id' in each && each.id)).toEqual(['a', 'b']);
  send('paste', text);
  expect(edits.pop()!.operations[0]).toMatchObject({ op: 'insert', slot: { after: 'b', before: 'c' } });
  hook.unmount();
});

test('[CB3] copied by a button where the browser has no clipboard', async () => {
  const { hook } = opened();
  await act(async () => hook.result.current.copy({ cut: false }));
  expect(hook.result.current.clipboard.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(vi.mocked(toast).mock.lastCall?.[0]).toContain('for this tab');
  hook.unmount();
});
