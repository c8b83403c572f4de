// @vitest-environment jsdom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { parseFlow } from '@/engine/flow/testing/flow';
import { useTypeProblems, type CheckFlow } from './use-type-problems';

const http = {
  name: 'http.request',
  title: 'HTTP',
  effect: 'per-step',
  input: {},
  output: 'per-step',
  defaultOptions: {},
} as const;
const catalogue: Catalogue = { 'http.request': http, other: { ...http, name: 'other' } };
const flow = (title: string, ...ids: string[]) =>
  parseFlow({
    format: 2,
    name: 'test',
    title,
    input: { type: 'object' },
    steps: ids.map((id) => ({ id, kind: 'action', title: id, activity: 'http.request', effect: 'none', input: {} })),
  });
const problem = (nodeId: string, message: string): Diagnostic => {
  return { code: 'type', severity: 'error', nodeId, path: ['input'], message };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function open(first = flow('first', 'a', 'b')) {
  const asked: {
    title: string;
    names: string[];
    answer: (problems: Diagnostic[]) => Promise<void>;
    fail: () => Promise<void>;
  }[] = [];
  const check: CheckFlow = (document, known) =>
    new Promise((resolve, reject) =>
      asked.push({
        title: document.title,
        names: Object.keys(known),
        answer: (problems) => act(async () => resolve(problems)),
        fail: () => act(async () => reject(new Error('away'))),
      })
    );
  const { result, rerender } = renderHook(({ document }) => useTypeProblems(document, catalogue, check), {
    initialProps: { document: first },
  });
  const change = (document: ReturnType<typeof flow>) => act(() => rerender({ document }));
  const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
  return { asked, change, pass, messages: () => result.current.map(({ message }) => message) };
}

test('[UTP1] the first check waits until the page is idle, and gets only what the flow calls', async () => {
  const { asked, pass } = open();
  expect(asked).toEqual([]);
  await pass(5_000);
  expect(asked.map(({ title, names }) => [title, names])).toEqual([['first', ['http.request']]]);
});

test('[UTP1] of the drafts that come during a check, only the newest is checked after it', async () => {
  const { asked, change, pass, messages } = open();
  await pass(5_000);
  for (const title of ['second', 'third']) {
    change(flow(title, 'a', 'b'));
    await pass(200);
  }
  expect(asked.map(({ title }) => title)).toEqual(['first']);
  await asked[0]!.answer([problem('a', 'old')]);
  expect(messages()).toEqual(['old']);
  await pass(600);
  expect(asked.map(({ title }) => title)).toEqual(['first', 'third']);
  await asked[1]!.answer([]);
  expect(messages()).toEqual([]);
  change(flow('fourth', 'a'));
  await pass(600);
  expect(asked.map(({ title }) => title)).toEqual(['first', 'third', 'fourth']);
});

test('[UTP4] after a check that took long, the next one waits until nothing was edited for as long', async () => {
  const { asked, change, pass } = open();
  const titles = () => asked.map(({ title }) => title);
  await pass(5_000);
  await asked[0]!.answer([]);
  change(flow('second', 'a'));
  await pass(500);
  await asked[1]!.answer([]);
  for (const title of ['third', 'fourth', 'fifth']) {
    change(flow(title, 'a'));
    await pass(300);
  }
  expect(titles()).toEqual(['first', 'second']);
  await pass(200);
  expect(titles()).toEqual(['first', 'second', 'fifth']);
  await asked[2]!.answer([]);
  // That one took no time.
  change(flow('sixth', 'a'));
  await pass(100);
  expect(titles()).toEqual(['first', 'second', 'fifth', 'sixth']);
});

test('[UTP4] nor while keys or the pointer are pressed, though nothing is edited', async () => {
  const { asked, change, pass } = open();
  await pass(5_000);
  await asked[0]!.answer([]);
  change(flow('second', 'a'));
  await pass(400);
  await asked[1]!.answer([]);
  change(flow('third', 'a'));
  for (const press of ['keydown', 'pointerdown', 'keydown']) {
    await pass(300);
    window.dispatchEvent(new Event(press));
  }
  await pass(250);
  expect(asked).toHaveLength(2);
  await pass(100);
  expect(asked).toHaveLength(3);
});

test('[UTP2] until the next answer the problems remain, but those of a node that is gone', async () => {
  const { asked, change, pass, messages } = open();
  await pass(5_000);
  await asked[0]!.answer([problem('a', 'of a'), problem('b', 'of b')]);
  change(flow('second', 'b'));
  expect(messages()).toEqual(['of b']);
});

test('[UTP3] without the worker there are no such problems, and the next change asks again', async () => {
  const { asked, change, pass, messages } = open();
  await pass(5_000);
  await asked[0]!.fail();
  expect(messages()).toEqual([]);
  change(flow('second', 'a'));
  await pass(200);
  await asked[1]!.answer([problem('a', 'found')]);
  expect(messages()).toEqual(['found']);
});

test('[UTP3] a draft whose check fails at once does not end the checks of the later ones', async () => {
  let asked = 0;
  const check: CheckFlow = () => {
    asked++;
    throw new Error('no such node');
  };
  const { rerender } = renderHook(({ document }) => useTypeProblems(document, catalogue, check), {
    initialProps: { document: flow('first', 'a') },
  });
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  rerender({ document: flow('second', 'a') });
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(asked).toBe(2);
});
