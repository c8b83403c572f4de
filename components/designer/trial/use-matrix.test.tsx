// @vitest-environment jsdom
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { MatrixLine } from '@/app/_contract/trial';
import { parseFlow } from '@/engine/flow/testing/flow';
import { useMatrix } from './use-matrix';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const flowOf = (title: string) =>
  parseFlow({ format: 2, name: 'order', title, input: { type: 'object', properties: {} }, steps: [] });

/** A server whose lines come when the test says so. */
function server() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const asked: { body: unknown; signal: AbortSignal }[] = [];
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    asked.push({ body: JSON.parse(String(init.body)), signal: init.signal! });
    const body = new ReadableStream<Uint8Array>({ start: (own) => void (controller = own) });
    return Promise.resolve(new Response(body));
  });
  const encoder = new TextEncoder();
  return {
    asked,
    send: (text: string) => controller.enqueue(encoder.encode(text)),
    line: (line: MatrixLine) => controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`)),
    close: () => controller.close(),
  };
}
const rows: MatrixLine = { kind: 'rows', rows: [] };
const cell = { kind: 'cell', cell: { nodeId: 'charge' } } as unknown as MatrixLine;
const done: MatrixLine = { kind: 'end', end: 'done', message: '' };

test('[UM1] cells are shown as they come, also when a line comes in two parts', async () => {
  const from = server();
  const { result } = renderHook(() => useMatrix('d', flowOf('Order'), { amount: 5 }));
  expect(result.current.state).toBe('none');
  act(() => result.current.play());
  await waitFor(() => expect(from.asked).toHaveLength(1));
  expect(from.asked[0]!.body).toMatchObject({ plan: { input: { amount: 5 }, steps: {} } });
  const text = JSON.stringify(cell);
  from.line(rows);
  from.send(text.slice(0, 9));
  from.send(`${text.slice(9)}\n`);
  await waitFor(() => expect(result.current.cells).toHaveLength(1));
  expect(result.current.state).toBe('playing');
  from.line(done);
  from.close();
  await waitFor(() => expect(result.current.state).toBe('done'));
  expect(result.current.failure).toBe(null);
});

test('[UM2] an answer that breaks off keeps its cells, and says that it is not whole', async () => {
  const from = server();
  const { result } = renderHook(() => useMatrix('d', flowOf('Order'), undefined));
  act(() => result.current.play());
  await waitFor(() => expect(from.asked).toHaveLength(1));
  from.line(cell);
  from.close();
  await waitFor(() => expect(result.current.state).toBe('done'));
  expect(result.current.cells).toHaveLength(1);
  expect(result.current.failure?.message).toMatch(/lost before the last failure/);
});

test('[UM3] leaving the page, or Stop, ends the matrix at the server', async () => {
  const from = server();
  const { result, unmount } = renderHook(() => useMatrix('d', flowOf('Order'), undefined));
  act(() => result.current.play());
  await waitFor(() => expect(from.asked).toHaveLength(1));
  act(() => result.current.stop());
  expect(from.asked[0]!.signal.aborted).toBe(true);
  act(() => result.current.play());
  await waitFor(() => expect(from.asked).toHaveLength(2));
  unmount();
  expect(from.asked[1]!.signal.aborted).toBe(true);
});

test('[UM4] the cells of a flow that has changed are marked as old', async () => {
  const from = server();
  const { result, rerender } = renderHook(({ title }) => useMatrix('d', flowOf(title), undefined), {
    initialProps: { title: 'Order' },
  });
  act(() => result.current.play());
  await waitFor(() => expect(from.asked).toHaveLength(1));
  from.line(done);
  from.close();
  await waitFor(() => expect(result.current.state).toBe('done'));
  expect(result.current.isStale).toBe(false);
  rerender({ title: 'Another' });
  expect(result.current.isStale).toBe(true);
});
