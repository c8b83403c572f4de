// @vitest-environment jsdom
/** The rules are in use-gate.ts. */
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GateReport } from '@/app/_contract/gates';
import { postJson } from '@/components/live/api';
import { useGate } from './use-gate';

type Answer = (answer: { kind: 'watching'; report: GateReport }) => void;
const asked: Answer[] = [];
const listeners = new Map<string, (message: never) => void>();
vi.mock('@/components/live/api', () => ({
  getJson: vi.fn(),
  postJson: vi.fn(),
  failureFrom: (error: unknown) => error,
}));
vi.mock('@/components/live/link', () => ({
  heard: () => undefined,
  liveSocket: () => ({
    connected: true,
    on: (name: string, listener: (message: never) => void) => listeners.set(name, listener),
    off: (name: string) => listeners.delete(name),
    emit: (name: string, _request: unknown, answer?: Answer) => (name === 'watchGate' ? asked.push(answer!) : null),
  }),
}));

const report = (phase: GateReport['phase']): GateReport => ({ id: 'g', phase, revision: 'v1.1' }) as GateReport;
const answers = (phase: GateReport['phase']) =>
  vi.mocked(postJson).mockResolvedValueOnce({ report: report(phase) } as never);

beforeEach(() => {
  asked.length = 0;
  listeners.clear();
  vi.mocked(postJson)
    .mockReset()
    .mockResolvedValue({} as never);
});
afterEach(cleanup);

async function checked() {
  const { result } = renderHook(() => useGate('flow'));
  answers('checking');
  await act(() => result.current.start({ version: 1, revision: 'v1.1' }));
  const take = listeners.get('gateReport')! as unknown as (next: GateReport) => void;
  act(() => take(report('checked')));
  expect(result.current.report?.phase).toBe('checked');
  return { result, take };
}

test('[UGT1] a report that arrives after the revision went live does not take the message away', async () => {
  const { result, take } = await checked();
  answers('live');
  await act(async () => void (await result.current.goLive({ note: '', breaking: 0 })));
  expect(result.current.report?.phase).toBe('live');
  act(() => asked[0]!({ kind: 'watching', report: report('checking') }));
  act(() => take(report('checked')));
  expect(result.current.report?.phase).toBe('live');
});

test('[UGT2] an answer to a watch that has ended does not begin the check again', async () => {
  const { result } = await checked();
  act(() => asked[0]!({ kind: 'watching', report: report('checking') }));
  expect(result.current.report?.phase).toBe('checked');
});
