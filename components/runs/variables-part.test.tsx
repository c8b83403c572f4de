// @vitest-environment jsdom
/**
 * The variables of a run.
 *
 * [VRP1] They are those of the moment that the page shows, and say so where they cannot be known.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { runs } from '@/engine/run-view/testing/runs';
import type { RunView } from './run-view';
import { viewOf } from './testing/view';
import { VariablesPart } from './variables-part';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const now = viewOf(runs.completed());
const then: RunView = {
  ...now,
  past: 'An earlier moment.',
  live: { ...now.live, events: now.live.events.slice(0, 5) },
};
const refusal = (message: string) =>
  Response.json({ error: { code: 'queryFailed', message, whatToDo: 'Nothing.' } }, { status: 409 });

function open(view: RunView, answer: Response): unknown[] {
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', (_url: string, { body }: RequestInit) => {
    asked.push(JSON.parse(body as string));
    return Promise.resolve(answer);
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <VariablesPart view={view} />
    </QueryClientProvider>
  );
  return asked;
}

test('[VRP1] now, and after the event of an earlier moment', async () => {
  const asked = open(now, Response.json({ result: { total: 7 } }));
  expect(await screen.findByText('7')).toBeTruthy();
  cleanup();
  const askedThen = open(then, Response.json({ result: { total: 3 } }));
  expect(await screen.findByText('3')).toBeTruthy();
  expect([...asked, ...askedThen]).toEqual([{ name: '__variables' }, { name: '__variables', at: 5 }]);
});

test.each([
  ["'w' did not answer '__variables': Workflow did not register a handler for __variables", /published before/],
  ["'w' did not answer '__variables': the workflow had not run yet", /had not begun/],
  ["'w' did not answer '__variables': it is too long", /too long/],
])('[VRP1] where they cannot be known: %s', async (message, words) => {
  open(then, refusal(message));
  expect(await screen.findByText(words)).toHaveProperty(
    'textContent',
    expect.stringMatching(/^Not known at this moment\./)
  );
});

test('[VRP1] of a file nobody is asked', () => {
  expect(open({ ...now, isFile: true }, Response.json({}))).toEqual([]);
  expect(screen.getByText(/^Not known\. A file has/)).toBeTruthy();
});
