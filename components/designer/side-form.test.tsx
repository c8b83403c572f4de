// @vitest-environment jsdom
/**
 * Rules
 * [DSF1] A selection and an edit of the drawing are shown before the form follows. A form in which somebody works has
 *       each draft at once, because its next edit is made from it.
 * [DSF3] Esc leads from a field to the step, but not while the field itself or what it opened takes that key.
 * [DSF2] A field that is to get the focus gets it as soon as the form of its step is there.
 */
import { cleanup } from '@testing-library/react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { documentOf } from '@/engine/flow/edit/document-of';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { Draft } from '@/engine/flow/edit/draft';
import { focusInForm, SideForm } from './side-form';

/** React puts off nothing in tests unless it is told that this is none. */
const environment = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
beforeEach(() => {
  environment.IS_REACT_ACT_ENVIRONMENT = false;
  document.body.innerHTML = '<div id="root"></div>';
});
afterEach(() => {
  environment.IS_REACT_ACT_ENVIRONMENT = true;
  cleanup();
});

const draftOf = (first: string, second: string): Draft => ({
  flow: { title: 'Flow', name: 'flow', input: {} },
  steps: [
    { id: 'a', kind: 'wait', fields: { title: first, duration: '1d' }, branches: [] },
    { id: 'b', kind: 'wait', fields: { title: second, duration: '1d' }, branches: [] },
  ],
  tray: [],
});
const nothing = () => undefined;
const NONE = { typists: new Map<string, string>(), catalogue: {} };

function formOf() {
  const form = { current: null };
  const root = createRoot(document.getElementById('root')!);
  const show = (draft: Draft, selected: string | null, problems: readonly Diagnostic[] = []) =>
    flushSync(() =>
      root.render(
        <SideForm
          {...NONE}
          problems={problems}
          form={form}
          onTyping={nothing}
          draft={draft}
          document={documentOf(draft).document}
          selected={selected}
          part="step"
          idsFollowTitles={false}
          readOnly={null}
          samples={null}
          onEdit={nothing}
          onSettle={nothing}
          onSelect={nothing}
        />
      )
    );
  const title = () => document.querySelector<HTMLInputElement>('[data-field="title"] input')!;
  return { form, show, title, end: () => root.unmount() };
}

test('[DSF1] the form of another step, and another draft, come after the drawing', async () => {
  const { show, title, end } = formOf();
  show(draftOf('One', 'Two'), 'a');
  expect(title().value).toBe('One');
  show(draftOf('One', 'Two'), 'b');
  expect(title().value).toBe('One');
  await vi.waitFor(() => expect(title().value).toBe('Two'));
  show(draftOf('One', 'Second'), 'b');
  expect(title().value).toBe('Two');
  await vi.waitFor(() => expect(title().value).toBe('Second'));
  end();
});

test('[DSF1] the form of a step that is removed remains as it was until the next one is there', async () => {
  const { show, title, end } = formOf();
  const draft = draftOf('One', 'Two');
  show(draft, 'a');
  show({ ...draft, steps: draft.steps.slice(1) }, 'b');
  expect(title().value).toBe('One');
  await vi.waitFor(() => expect(title().value).toBe('Two'));
  end();
});

test('[DSF1] a form in which somebody works has each draft at once', () => {
  const { show, title, end } = formOf();
  show(draftOf('One', 'Two'), 'a');
  [...document.querySelectorAll<HTMLElement>('input, textarea, button')].findLast((each) => each !== title())!.focus();
  show(draftOf('First', 'Two'), 'a');
  expect(title().value).toBe('First');
  end();
});

test('[DSF2] the focus goes into the form of the step, not into the one before it', async () => {
  const { form, show, title, end } = formOf();
  const draft = draftOf('One', 'Two');
  show(draft, 'a');
  focusInForm(form, 'b', ['title']);
  show(draft, 'b');
  await vi.waitFor(() => expect(document.activeElement).toBe(title()));
  expect(title().value).toBe('Two');
  end();
});

test('[DSF2] a problem that no field shows has the focus at the top of the form', async () => {
  const { form, show, end } = formOf();
  const draft = draftOf('One', 'Two');
  const problem = {
    code: 'unreachable',
    severity: 'error' as const,
    nodeId: 'a',
    path: [],
    message: 'Nothing leads here.',
  };
  show(draft, 'a', [problem]);
  focusInForm(form, 'a', []);
  await vi.waitFor(() => expect(document.activeElement?.textContent).toBe('Nothing leads here.'));
  end();
});

test('[DSF3] Esc goes back to the step, unless the field takes it', () => {
  const { show, title, end } = formOf();
  const face = Object.assign(document.createElement('button'), { id: 'face-a' });
  document.body.append(face);
  show(draftOf('One', 'Two'), 'a');
  const press = () =>
    title().dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
  title().focus();
  title().addEventListener('keydown', (event) => event.preventDefault(), { once: true });
  press();
  expect(document.activeElement).toBe(title());
  press();
  expect(document.activeElement).toBe(face);
  end();
});
