import { expect, test } from 'vitest';
import type { RunDelta } from '@/app/_contract/live';
import type { RunLive } from '@/app/_contract/runs';
import type { AttemptView, PendingActivityView } from '@/engine/run-view/model';
import { applyDelta } from './apply-delta';

const attempt = (number: number): AttemptView => ({ attempt: number, startedMs: number, endedMs: null, failure: null });
const pending = (...numbers: number[]) =>
  ({ scheduledEventId: 5, attempts: numbers.map(attempt) }) as unknown as PendingActivityView;
const live = { token: '', asOfMs: 0, events: [], pending: [], status: 'running' } as unknown as RunLive;
const delta = (change: Partial<RunDelta>) => ({ token: 't', asOfMs: 1, ...change }) as RunDelta;

test('[LAD1] each event is appended once, by its id', () => {
  const event = (id: number) => ({ id, timeMs: 0, type: 'X', attributes: {} });
  const first = applyDelta(live, delta({ events: [event(1), event(2)] }));
  const second = applyDelta(first, delta({ events: [event(2), event(3)] }));
  expect(second.events.map(({ id }) => id)).toEqual([1, 2, 3]);
});

test('[LAD2] attempts that were shown stay when the activity is no longer pending', () => {
  const seen = [pending(1), pending(1, 2), pending(1, 2, 3)].reduce(
    (now, each) => applyDelta(now, delta({ pending: [each] })),
    live
  );
  const over = applyDelta(seen, delta({ pending: [] }));
  expect(over.pending).toEqual([]);
  expect(over.seenAttempts?.[5]?.map((each) => each.attempt)).toEqual([1, 2, 3]);
  // A delta about other data keeps the seen attempts.
  expect(applyDelta(over, delta({ events: [] })).seenAttempts).toBe(over.seenAttempts);
});
