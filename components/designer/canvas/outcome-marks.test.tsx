// @vitest-environment jsdom
/** Rules [OUM1-2] are stated in outcome-marks.tsx, [COP1-2] in outcome-policy.ts. */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ReactFlowProvider } from '@xyflow/react';
import { useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import type { Catalogue } from '@/engine/flow/catalogue';
import { applyGesture } from '@/engine/flow/edit/apply';
import { documentOf } from '@/engine/flow/edit/document-of';
import { findNode, type Draft, type DraftNode, type Fields } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { OutcomeMarks } from './outcome-marks';

afterEach(cleanup);

const shared = { input: { type: 'object' }, output: { type: 'object' }, defaultOptions: {} } as const;
const catalogue: Catalogue = {
  'shop.read': { name: 'shop.read', title: 'Read', effect: 'none', ...shared },
  'shop.book': {
    name: 'shop.book',
    title: 'Book',
    effect: 'reversible',
    ...shared,
    suggestedLookup: { activity: 'shop.read', input: { order: { $expr: 'input.order' } } },
  },
};
const step = (id: string, activity: string, more: Fields = {}): DraftNode => {
  return { id, kind: 'action', fields: { title: id, activity, input: { order: 'A1' }, ...more }, branches: [] };
};
const undo = { title: 'Cancel', activity: 'shop.read', input: {} };
const check = { policy: 'check', activity: 'shop.read', input: { order: 'mine' } };
const draft: Draft = {
  flow: { title: 'Shop' },
  steps: [
    step('reads', 'shop.read'),
    { id: 'waits', kind: 'wait', fields: { title: 'waits', duration: '1d' }, branches: [] },
    step('plain', 'shop.book'),
    step('undone', 'shop.book', { undo, unknown: { policy: 'undo' } }),
    step('looked up', 'shop.book', { undo, unknown: check }),
  ],
  tray: [],
};

function shownMarks(edited: Draft = draft) {
  const made: { operations: Operation[]; select: string }[] = [];
  const said: unknown[] = [];
  function Marks() {
    const [open, setOpen] = useState<string | null>(null);
    return (
      <OutcomeMarks
        layout={layoutFlow(documentOf(edited).document, 'down', { edited: true })}
        draft={edited}
        catalogue={catalogue}
        open={open}
        onOpen={setOpen}
        onEdit={(operations, select) => made.push({ operations, select })}
        onFocus={(id) => said.push(['focus', id])}
        onField={(id, path) => said.push([id, ...path])}
      />
    );
  }
  render(<Marks />, { wrapper: ReactFlowProvider });
  const choose = async (id: string, words: RegExp) => {
    await userEvent.click(screen.getByRole('button', { name: new RegExp(`'${id}'`) }));
    await userEvent.click(screen.getByRole('menuitem', { name: words }));
  };
  return { made, said, choose };
}

test('[OUM1] every step with an effect has the mark, and its name says what happens', () => {
  shownMarks();
  expect(screen.getAllByRole('button').map((mark) => mark.getAttribute('aria-label'))).toEqual([
    "If it is not known whether 'plain' happened: a person is asked, because nothing is chosen",
    "If it is not known whether 'undone' happened: undo it",
    "If it is not known whether 'looked up' happened: look it up",
  ]);
});

test('[OUM2] [COP2] a policy is chosen in the drawing, as one edit; a look-up begins as it is suggested', async () => {
  const { made, choose } = shownMarks();
  await choose('plain', /Look it up/);
  expect(made).toHaveLength(1);
  expect(made[0]!.select).toBe('plain');
  const outcome = applyGesture(draft, made[0]!);
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  expect(findNode(outcome.draft, 'plain')!.fields.unknown).toEqual({
    policy: 'check',
    activity: 'shop.read',
    input: { order: 'A1' },
  });
  const [back] = [applyGesture(outcome.draft, { operations: outcome.inverse })];
  expect(back.refusal === null && back.draft).toEqual(draft);
});

test('[OUM2] [COP2] the policy that is chosen already makes no edit, and its look-up remains', async () => {
  const { made, choose } = shownMarks();
  await choose('looked up', /Look it up/);
  await choose('undone', /Undo it/);
  expect(made).toEqual([]);
});

test('[COP1] the undo cannot be chosen where there is none, and the reason is given', async () => {
  const { made } = shownMarks();
  await userEvent.click(screen.getByRole('button', { name: /'plain'/ }));
  const entry = screen.getByRole('menuitem', { name: /Undo it/ });
  expect(entry.getAttribute('aria-disabled')).toBe('true');
  expect(entry.textContent).toContain('Possible when the step has an undo.');
  await userEvent.click(entry, { pointerEventsCheck: 0 });
  expect(made).toEqual([]);
});

test('[OUM2] Escape closes the menu without an edit, and the step gets the focus', async () => {
  const { made, said } = shownMarks();
  await userEvent.click(screen.getByRole('button', { name: /'undone'/ }));
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('menu')).toBeNull();
  await new Promise(requestAnimationFrame);
  expect(made).toEqual([]);
  expect(said).toEqual([['focus', 'undone']]);
});
