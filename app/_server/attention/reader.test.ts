/** The rules are in reader.ts. */
import { beforeEach, expect, test, vi } from 'vitest';
import { AttentionReader } from './reader';

let nowMs: number;
let asked: number;
let answer: () => Promise<[]>;
let announced: number;
let reader: AttentionReader;
beforeEach(() => {
  vi.useFakeTimers();
  nowMs = Date.UTC(2026, 10, 30, 12, 0, 30);
  asked = announced = 0;
  answer = () => Promise.resolve([]);
  const listAttention = ({ closedSinceMs }: { closedSinceMs: number }) => {
    asked++;
    expect(closedSinceMs % 60_000).toBe(0);
    return answer();
  };
  reader = new AttentionReader(
    { listAttention },
    'default',
    () => announced++,
    () => nowMs
  );
  return () => {
    reader.close();
    vi.useRealTimers();
  };
});

test('[ATR1] is asked again after a change, at most once in a second, and whoever got the older answer hears of it', async () => {
  await reader.read(7);
  nowMs += 3_000;
  await reader.read(7);
  expect(asked).toBe(1);
  reader.changed();
  await reader.read(7);
  expect(asked).toBe(2);
  nowMs += 200;
  reader.changed();
  await reader.read(7);
  expect([asked, announced]).toEqual([2, 0]);
  await vi.advanceTimersByTimeAsync(800);
  expect(announced).toBe(1);
  nowMs += 800;
  await reader.read(7);
  expect(asked).toBe(3);
});

test('[ATR1] is asked seldom while it takes long, and again after some time without any hint', async () => {
  answer = () => {
    nowMs += 300;
    return Promise.resolve([]);
  };
  await reader.read(7);
  reader.changed();
  nowMs += 5_000;
  await reader.read(7);
  expect(asked).toBe(1);
  nowMs += 1_000;
  await reader.read(7);
  expect(asked).toBe(2);
  nowMs += 6_000;
  await reader.read(7);
  expect(asked).toBe(3);
});

test('[ATR2] everybody gets the answer that is under way; a failure is not kept', async () => {
  await Promise.all([reader.read(7), reader.read(7), reader.read(30)]);
  expect(asked).toBe(2);
  nowMs += 10_000;
  answer = () => Promise.reject(new Error('away'));
  await expect(Promise.all([reader.read(7), reader.read(7)])).rejects.toThrow('away');
  expect(asked).toBe(3);
  answer = () => Promise.resolve([]);
  await reader.read(7);
  expect(asked).toBe(4);
});
