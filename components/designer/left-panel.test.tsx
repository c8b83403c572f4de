// @vitest-environment jsdom
/** The rules are in left-panel.tsx. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Person } from '@/app/_contract/people';
import { CommandsProvider } from '@/components/commands/commands';
import { PersonProvider } from '@/components/people/person';
import { keepFocus, type FocusKeeper } from '@/components/ui/focus';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import type { FlowDocument, FlowNode } from '@/engine/flow/document';
import { LeftDrawer, LeftPanel, useLeftPanel } from './left-panel';
import type { PaletteItem } from './palette';

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => undefined }) }));

let keeper: FocusKeeper;
beforeEach(() => {
  keeper = keepFocus(document);
  answerForLayout();
  Element.prototype.scrollTo = () => {};
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(240);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(240);
});
afterEach(() => {
  keeper.stop();
  cleanup();
  vi.restoreAllMocks();
});

const ada: Person = { id: 'ada', name: 'Ada', email: 'ada@example.com', groups: [], grants: [] };
const item: PaletteItem = {
  id: 'wait',
  kind: 'wait',
  activity: null,
  flow: null,
  title: 'Wait',
  says: '',
  group: 'Steps',
  connection: null,
  words: [],
  serves: false,
};
const wait = (id: string, title: string): FlowNode => ({ id, kind: 'wait', title, duration: '1h' });
const flow = { steps: [wait('one', 'First'), wait('two', 'Second')] } as FlowDocument;

/** The header's button, the drawing, and what is beside or above it. */
function Page({ wide, seen }: { wide: boolean; seen: string[] }) {
  const state = useLeftPanel(wide);
  const of = {
    state,
    palette: {
      items: [item],
      missing: null,
      used: new Set<string>(),
      readOnly: null,
      onInsert: ({ title }: PaletteItem) => seen.push(`insert ${title}`),
      onDrag: () => undefined,
    },
    outline: {
      document: flow,
      declared: null,
      problems: [],
      selected: null,
      onSelect: (id: string) => seen.push(`select ${id}`),
      onGo: (id: string) => document.getElementById(id)?.focus(),
    },
  };
  return (
    <main>
      <button onClick={() => state.onShown(!state.isShown)}>Palette and outline</button>
      <button id="two">Second in the drawing</button>
      {wide && state.isShown ? <LeftPanel {...of} /> : null}
      {wide ? null : <LeftDrawer {...of} />}
    </main>
  );
}
function show(wide: boolean): string[] {
  const seen: string[] = [];
  render(
    <QueryClientProvider client={new QueryClient()}>
      <PersonProvider person={ada}>
        <CommandsProvider>
          <Page wide={wide} seen={seen} />
        </CommandsProvider>
      </PersonProvider>
    </QueryClientProvider>
  );
  return seen;
}

test.each([true, false])('[LEF1] the command menu opens the outline, wide: %s', async (wide) => {
  show(wide);
  if (wide) await userEvent.click(screen.getByRole('button', { name: 'Palette and outline' }));
  expect(screen.queryByRole('tree')).toBe(null);
  await userEvent.keyboard('{Control>}k{/Control}');
  await userEvent.keyboard('outline');
  await screen.findByText('Outline of the flow');
  await userEvent.keyboard('{Enter}');
  expect(await screen.findByRole('tree', { name: 'Outline of the flow' })).toBeTruthy();
});

test('[LEF2] in the drawer a step of the outline is gone to by a key or a press, and has the focus', async () => {
  const seen = show(false);
  const go = [
    () => userEvent.keyboard('{ArrowDown}{Enter}'),
    () => userEvent.click(screen.getByRole('treeitem', { name: /^Second/ })),
  ];
  for (const toSecond of go) {
    await userEvent.click(screen.getByRole('button', { name: 'Palette and outline' }));
    await userEvent.click(await screen.findByRole('tab', { name: 'Outline' }));
    (await screen.findByRole('tree')).focus();
    await toSecond();
    await waitFor(() => expect(document.activeElement?.id).toBe('two'));
    expect(screen.queryByRole('dialog')).toBe(null);
    expect(seen.at(-1)).toBe('select two');
  }
});

test('[LEF2] what is pressed in the palette of the drawer is inserted after the drawer is gone', async () => {
  const seen = show(false);
  const button = screen.getByRole('button', { name: 'Palette and outline' });
  await userEvent.click(button);
  await userEvent.click(await screen.findByRole('button', { name: 'Wait' }));
  await waitFor(() => expect(seen).toEqual(['insert Wait']));
  expect(screen.queryByRole('dialog')).toBe(null);
  // Closed without a choice, the focus is back.
  await userEvent.click(button);
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(document.activeElement).toBe(button));
});
