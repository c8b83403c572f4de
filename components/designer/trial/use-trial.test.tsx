// @vitest-environment jsdom
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { FlowManifest } from '@/engine/flow/manifest';
import { parseFlow } from '@/engine/flow/testing/flow';
import type { TrialPlan } from '@/engine/flow/trial-plan';
import type { Moment, TrialResult } from '@/engine/trial/result';
import { EMPTY_PLAN, stopAt } from './plan-edits';
import { useTrial } from './use-trial';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const flowOf = (id: string) =>
  parseFlow({
    format: 2,
    name: 'order',
    title: 'Order',
    input: { type: 'object', properties: {} },
    steps: [{ id, kind: 'end', title: 'End' }],
  });
const order = flowOf('end');
const moment = (atMs: number): Moment => ({
  events: 0,
  atMs,
  pending: [],
  nodes: {},
  phase: 'forward',
  waitsFor: [],
});
const resultOf = (plan: TrialPlan, moments = 3) =>
  ({
    manifest: { document: order, nodes: {} } as unknown as FlowManifest,
    plan,
    events: [],
    moments: Array.from({ length: moments }, (_, index) => moment(index)),
    calls: [],
    end: { kind: 'completed', sentence: '', failure: null, questions: [], elapsedMs: 0 },
    left: [],
    undone: [],
    reached: [],
    books: [],
    startedMs: 0,
  }) as TrialResult;

/** A server that answers when the test says so. */
function server() {
  const asked: { plan: TrialPlan; signal: AbortSignal; answer: (status: number, body: unknown) => void }[] = [];
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    const { plan } = JSON.parse(String(init.body)) as { plan: TrialPlan };
    return new Promise<Response>((resolve, reject) => {
      init.signal!.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      const answer = (status: number, body: unknown) => resolve(Response.json(body, { status }));
      asked.push({ plan, signal: init.signal!, answer });
    });
  });
  return asked;
}

test('[UT1] an open trial is played at once, its end is shown, and it gives the drawing a picture', async () => {
  const asked = server();
  const { result } = renderHook(() => useTrial('d', order, true));
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(result.current).toMatchObject({ isPlaying: true, picture: null });
  act(() => asked[0]!.answer(200, { kind: 'result', result: resultOf(EMPTY_PLAN) }));
  await waitFor(() => expect(result.current.isPlaying).toBe(false));
  expect(result.current).toMatchObject({ at: 2, moments: 3, isStale: false, picture: { status: 'running' } });
  act(() => result.current.setAt(1));
  expect(result.current.at).toBe(1);
});

test('[UT2] a change is played again and shows its end; the one before it is given up', async () => {
  const asked = server();
  const { result } = renderHook(() => useTrial('d', order, true));
  await waitFor(() => expect(asked).toHaveLength(1));
  act(() => result.current.setAt(0));
  act(() => result.current.setPlan(stopAt(EMPTY_PLAN, 'end')));
  expect(asked[0]!.signal.aborted).toBe(true);
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(asked[1]!.plan.stopAt).toBe('end');
  act(() => asked[1]!.answer(200, { kind: 'result', result: resultOf(stopAt(EMPTY_PLAN, 'end'), 5) }));
  await waitFor(() => expect(result.current.at).toBe(4));
});

test('[UT3] a refusal is shown beside the last result, which is marked as old', async () => {
  const asked = server();
  const { result, rerender } = renderHook(({ document }) => useTrial('d', document, true), {
    initialProps: { document: order },
  });
  await waitFor(() => expect(asked).toHaveLength(1));
  act(() => asked[0]!.answer(200, { kind: 'result', result: resultOf(EMPTY_PLAN) }));
  await waitFor(() => expect(result.current.result).not.toBe(null));
  rerender({ document: flowOf('another') });
  await waitFor(() => expect(asked).toHaveLength(2));
  // States of nodes that the drawing does not have are not shown.
  expect(result.current.picture).toBe(null);
  const error = { code: 'documentInvalid', message: '1 problem.', whatToDo: 'Correct it.' };
  act(() => asked[1]!.answer(422, { error }));
  await waitFor(() => expect(result.current.failure?.message).toBe('1 problem.'));
  expect(result.current.isStale).toBe(true);
});

test('[UT4] a trial that is not open plays nothing and gives no picture', async () => {
  const asked = server();
  const { result, rerender } = renderHook(({ isOpen }) => useTrial('d', order, isOpen), {
    initialProps: { isOpen: true },
  });
  await waitFor(() => expect(asked).toHaveLength(1));
  act(() => asked[0]!.answer(200, { kind: 'result', result: resultOf(EMPTY_PLAN) }));
  await waitFor(() => expect(result.current.picture).not.toBe(null));
  rerender({ isOpen: false });
  expect(result.current.picture).toBe(null);
  expect(asked).toHaveLength(1);
});
