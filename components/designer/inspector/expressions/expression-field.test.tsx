// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { draftOf, show, step } from '../testing/show';
import { LanguageAnswers } from './language-answers';
import type { Asked } from './language-messages';

/** The worker's answers in the same thread. */
class SameThread extends EventTarget {
  readonly answers = new LanguageAnswers();
  postMessage({ id, question }: Asked) {
    const answer = this.answers.to(question);
    queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: { id, answer } })));
  }
  terminate() {}
}
beforeAll(() => {
  Object.assign(globalThis, { Worker: SameThread });
  answerForLayout();
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
});
afterEach(cleanup);

const loop = step('loop', { items: 'input.items', item: 'article' }, 'each');
const plain = () => screen.getByLabelText<HTMLTextAreaElement>('List');
async function editor(): Promise<HTMLElement> {
  return waitFor(() => {
    const found = document.querySelector<HTMLElement>('.cm-content');
    if (!found) throw new Error('The editor is not there yet.');
    return found;
  });
}

describe('an expression that somebody edits', () => {
  it('[EXF1] is a plain text until then; the editor takes its place with its text, label and focus', async () => {
    show(draftOf(loop), 'loop');
    expect(document.querySelector('.cm-editor')).toBeNull();
    await userEvent.click(plain());
    const content = await editor();
    expect(content.textContent).toBe('input.items');
    expect(document.getElementById(content.getAttribute('aria-labelledby')!)?.textContent).toContain('List');
    expect(content.contains(document.activeElement) || document.activeElement === content).toBe(true);
  });
  it('[EXF2] a problem is below the field that has it, and marks it as not valid', async () => {
    const shown = show(draftOf(loop), 'loop');
    await userEvent.click(plain());
    const content = await editor();
    shown.theirs({
      op: 'set',
      target: { node: 'loop' },
      path: ['items'],
      value: 'input.amount.nothing',
      was: 'input.items',
    });
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Take theirs' })).not.toBeNull());
    await userEvent.click(screen.getByRole('button', { name: 'Take theirs' }));
    expect(content.textContent).toBe('input.amount.nothing');
    await waitFor(() => expect(screen.getByText(/There is no field 'nothing' here: this is a number/)).toBeTruthy(), {
      timeout: 5_000,
    });
    // The editor has its attributes a moment after the page has the message.
    await waitFor(() => expect(content.getAttribute('aria-invalid')).toBe('true'));
    expect(document.getElementById(content.getAttribute('aria-describedby')!)?.textContent).toContain("'nothing'");
  });
  it('[EXF6] a misspelt field is changed to the one that was meant', async () => {
    const shown = show(draftOf({ ...loop, fields: { ...loop.fields, items: 'input.ordreId' } }), 'loop');
    await userEvent.click(plain());
    const content = await editor();
    await userEvent.click(await screen.findByRole('button', { name: "Change to 'orderId'" }, { timeout: 5_000 }));
    expect([content.textContent, shown.node('loop').fields.items]).toEqual(['input.orderId', 'input.orderId']);
    await waitFor(() => expect(screen.queryByRole('button', { name: "Change to 'orderId'" })).toBeNull(), {
      timeout: 5_000,
    });
  });
  it('[EXF3] a value is inserted into the editor, and sent as typing', async () => {
    const shown = show(draftOf({ ...loop, fields: { ...loop.fields, items: '' } }), 'loop');
    await userEvent.click(plain());
    const content = await editor();
    const field = content.closest<HTMLElement>('[data-field]')!;
    await userEvent.click(within(field).getByRole('button', { name: 'Insert value' }));
    await userEvent.type(screen.getByRole('combobox', { name: 'Insert value' }), 'order number');
    await userEvent.keyboard('{Enter}');
    expect(content.textContent).toBe('input.orderId');
    expect(shown.node('loop').fields.items).toBe('input.orderId');
    expect(shown.sent.findLast((each) => each !== 'settled')).toMatchObject({ typing: true });
  });
  it('[EXF4] a value in a text is checked too, when the text is edited', async () => {
    show(draftOf(step('stop', { message: 'Stopped: ' }, 'fail')), 'stop');
    await userEvent.type(screen.getByLabelText('Message'), '${{input.amount.trim()}');
    await waitFor(() => expect(screen.getByText(/There is no field 'trim' here: this is a number/)).toBeTruthy(), {
      timeout: 5_000,
    });
  });
});
