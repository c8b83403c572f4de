/**
 * [CB1] What was copied is read again in any flow. Anything else is refused with a sentence that says what it is.
 */
import { expect, test } from 'vitest';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { copiedIn, textOf } from './use-clipboard';

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
