// @vitest-environment jsdom
/**
 * [CMD3] What was chosen runs in its newest form, after the focus is back where it was.
 * [CMD4] What became impossible while the menu was open does nothing, and what is impossible keeps the menu open.
 * [CMD7] What is about something that is gone by then says so, and nothing is done.
 * [CMD8] The menu opens again at once after it was closed, and has the focus; what was chosen in it before is done.
 * [CMD9] What is typed goes to the menu, whatever moves the focus below it.
 * [CMD5] The menu does not open above a question.
 * [CMD6] What is listed is what the page has now, also if the page came later than the menu.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Person } from '@/app/_contract/people';
import { PersonProvider } from '@/components/people/person';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import type { Command } from './command';
import { CommandsProvider, useCommands } from './commands';

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => undefined }) }));

const said: string[] = [];
vi.mock('@/components/ui/toast', () => ({ toast: (words: string) => said.push(words) }));

beforeAll(answerForLayout);
beforeEach(() => {
  said.length = 0;
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ person: ada })));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ada: Person = { id: 'ada', name: 'Ada', email: 'ada@example.com', groups: [], grants: [] };

function Drawing({ commands }: { commands: readonly Command[] }) {
  useCommands(() => commands);
  return <button>Charge the card</button>;
}
const client = new QueryClient();
function page(commands: readonly Command[] | null, dialog = false) {
  return (
    <QueryClientProvider client={client}>
      <PersonProvider person={ada}>
        <CommandsProvider>
          {commands ? <Drawing commands={commands} /> : null}
          {dialog ? <div role="dialog">Delete?</div> : null}
        </CommandsProvider>
      </PersonProvider>
    </QueryClientProvider>
  );
}
const command = (more: Partial<Command> = {}): Command => {
  return { id: 'delete', group: 'Here', title: 'Delete the step', run: () => undefined, ...more };
};
/** What the menu leaves for the next task is done. */
const settled = () => act(() => new Promise((resolve) => setTimeout(resolve)));
const open = async () => {
  await userEvent.keyboard('{Control>}k{/Control}');
  return screen.findByRole('dialog', { name: 'Search and commands' });
};

test('[CMD3] Enter does what is found, once, with the focus where it was', async () => {
  const seen: string[] = [];
  const before = render(page([command({ run: () => seen.push('old') })]));
  const step = screen.getByRole('button');
  step.focus();
  await open();
  await userEvent.keyboard('del');
  before.rerender(page([command({ run: () => seen.push(`new, on ${document.activeElement?.textContent}`) })]));
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(seen).toEqual(['new, on Charge the card']));
  expect(screen.queryByRole('dialog')).toBe(null);
});

test('[CMD3] Escape does nothing but give the focus back', async () => {
  const run = vi.fn();
  render(page([command({ run })]));
  screen.getByRole('button').focus();
  await open();
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(document.activeElement?.textContent).toBe('Charge the card'));
  expect(run).not.toHaveBeenCalled();
});

test('[CMD4] a command that somebody else made impossible says why', async () => {
  const run = vi.fn();
  const before = render(page([command({ run })]));
  await open();
  await userEvent.keyboard('del');
  before.rerender(page([command({ run, whyNot: 'The step is gone.' })]));
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(said).toEqual(['The step is gone.']));
  expect(run).not.toHaveBeenCalled();
});

test('[CMD4] a command that is impossible is found with its reason, and the menu stays open', async () => {
  const run = vi.fn();
  render(page([command({ run, whyNot: 'Select a step first.' })]));
  await open();
  expect(screen.queryByText('Delete the step')).toBe(null);
  await userEvent.keyboard('del');
  expect(await screen.findByText('Select a step first.')).toBeTruthy();
  await userEvent.keyboard('{Enter}');
  expect(said).toEqual(['Select a step first.']);
  expect(screen.getByRole('dialog')).toBeTruthy();
  expect(run).not.toHaveBeenCalled();
});

test('[CMD6] a page that comes while the menu is open adds its commands', async () => {
  const before = render(page(null));
  await open();
  await userEvent.keyboard('del');
  expect(screen.queryByText('Delete the step')).toBe(null);
  before.rerender(page([command()]));
  expect(await screen.findByText('Delete the step')).toBeTruthy();
});

test('[CMD7] a step that somebody else deleted meanwhile is not gone to', async () => {
  const run = vi.fn();
  const step = command({ id: 'step-charge', title: 'Charge', whenGone: "'Charge' is no longer in this flow.", run });
  const before = render(page([step, command()]));
  await open();
  await userEvent.keyboard('charge');
  // It was shown, and is chosen before the menu is drawn again.
  const row = await screen.findByText('Charge');
  before.rerender(page([command()]));
  await userEvent.click(row);
  await waitFor(() => expect(said).toEqual(["'Charge' is no longer in this flow."]));
  expect(run).not.toHaveBeenCalled();
});

test('[CMD8] Ctrl K in the moment after Esc opens the menu again', async () => {
  render(page([command()]));
  const step = screen.getByRole('button');
  step.focus();
  for (const close of ['Escape', 'Escape']) {
    await open();
    // In the same task: nothing that waits for the next one has happened.
    fireEvent.keyDown(screen.getByRole('combobox'), { key: close });
    fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    await settled();
    const again = screen.getByRole('dialog', { name: 'Search and commands' });
    expect(again.contains(document.activeElement)).toBe(true);
    await userEvent.keyboard('{Escape}');
    await settled();
    expect(document.activeElement).toBe(step);
    expect(screen.queryByRole('dialog')).toBe(null);
  }
});

test('[CMD8] what was chosen before is done all the same', async () => {
  const run = vi.fn();
  render(page([command({ run })]));
  await open();
  await userEvent.keyboard('del');
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' });
  fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
  // The menu is gone, and then the command runs.
  await settled();
  await settled();
  expect(run).toHaveBeenCalledTimes(1);
  expect(screen.getByRole('dialog').contains(document.activeElement)).toBe(true);
});

test('[CMD9] a focus that something below the open menu takes comes back to the menu', async () => {
  render(page([command()]));
  const step = screen.getByRole('button');
  await open();
  await settled();
  act(() => step.focus());
  expect(document.activeElement).toBe(screen.getByRole('combobox'));
});

test('[CMD5] a question is answered first', async () => {
  render(page([command()], true));
  await userEvent.keyboard('{Control>}k{/Control}');
  expect(screen.queryByRole('dialog', { name: 'Search and commands' })).toBe(null);
});
