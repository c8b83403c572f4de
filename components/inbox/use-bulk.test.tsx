// @vitest-environment jsdom
/** The rules are in use-bulk.ts. A server that answers by task. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import type { DecideTask, InboxTask } from '@/app/_contract/inbox';
import { useBulk } from './use-bulk';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const task = (taskId: string) =>
  ({ taskId, dataHash: `h-${taskId}`, howMany: null, votes: [] }) as unknown as InboxTask;
const tasks = ['a', 'b', 'c'].map(task);

interface Sent {
  taskId: string;
  act: string;
  body: Partial<DecideTask>;
}
type Said = { status: number; body: object };
const refused = (code: FailureCode, message: string): Said => ({
  status: 409,
  body: { error: { code, message, whatToDo: 'Read it again.' } },
});
const receipt = (goesOnAtMs: number | null): Said => ({ status: 200, body: { outcome: 'approved', goesOnAtMs } });

function open(answer: (sent: Sent) => Said) {
  const sent: Sent[] = [];
  vi.stubGlobal('fetch', (address: string | URL | Request, { body }: RequestInit = {}) => {
    const [, taskId = '', action = ''] = /\/api\/inbox\/([^/]+)\/?(.*)$/.exec(String(address)) ?? [];
    const one = { taskId, act: action, body: JSON.parse(String(body ?? '{}')) as Partial<DecideTask> };
    if (taskId === 'preview') return Promise.resolve(Response.json({ tasks: [] }));
    sent.push(one);
    const { status, body: said } = answer(one);
    return Promise.resolve(Response.json(said, { status }));
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { result } = renderHook(() => useBulk(tasks, 'approve'), {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  return { result, sent };
}

test('[BLK1] [BLK2] one that fails stops no other, and is sent again under the same id', async () => {
  let isAway = true;
  const { result, sent } = open(({ taskId }) =>
    taskId === 'b' && isAway ? refused('outcomeUnknown', 'No answer came.') : receipt(null)
  );
  await act(() => result.current.send(tasks, 'Fine.'));
  expect(result.current.results.map(({ task: { taskId }, failure }) => [taskId, failure?.code ?? null]).sort()).toEqual(
    [
      ['a', null],
      ['b', 'outcomeUnknown'],
      ['c', null],
    ]
  );
  isAway = false;
  await act(() => result.current.send([tasks[1]!], 'Fine.'));
  expect(result.current.results.every(({ failure }) => failure === null)).toBe(true);
  const ids = sent.filter(({ taskId }) => taskId === 'b').map(({ body }) => body.decisionId);
  expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  expect(new Set(sent.map(({ body }) => body.decisionId)).size).toBe(3);
});

test('[BLK3] taking them back takes back each that can still be; the others say why not, and are tried again', async () => {
  let isLate = true;
  const { result, sent } = open(({ taskId, act: action }) => {
    if (action !== 'take-back') return receipt(taskId === 'a' ? null : 60_000);
    return taskId === 'c' && isLate
      ? refused('refused', 'The run has gone on.')
      : { status: 200, body: { taskId, atMs: 1 } };
  });
  await act(() => result.current.send(tasks, ''));
  await act(() => result.current.takeBack());
  const backs = () => sent.filter(({ act: action }) => action === 'take-back').map(({ taskId }) => taskId);
  // What goes on at once is not asked for.
  expect(backs().sort()).toEqual(['b', 'c']);
  const backOf = (taskId: string) => result.current.results.find(({ task: each }) => each.taskId === taskId)!.back;
  expect(backOf('a')).toBeNull();
  expect(backOf('b')).toBe(true);
  expect(backOf('c')).toMatchObject({ message: 'The run has gone on.' });
  isLate = false;
  await act(() => result.current.takeBack());
  expect(backs().slice(2)).toEqual(['c']);
  // Decided again, it is another decision.
  await act(() => result.current.send([tasks[1]!], ''));
  const ids = sent
    .filter(({ taskId, act: action }) => taskId === 'b' && action === 'decide')
    .map(({ body }) => body.decisionId);
  expect(new Set(ids).size).toBe(2);
});
