/** [PD] A page is answered in time: all its reads share one deadline, and the part that does not answer is named. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Health } from '@/app/_contract/live';
import { isRefusal } from '../failure';
import { PAGE_MS, withinPage } from './page-deadline';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => undefined);
const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));
const health = (database: Health['database'], engine: Health['engine']): Health => ({
  ok: true,
  database,
  engine,
  version: '0',
});
/** A health check that takes `ms`. */
const web = (ms: number, answer: Health) => ({ health: { read: vi.fn(() => after(ms, answer)) } });
type Told = { at: number; value: unknown };
async function told(read: Promise<unknown>): Promise<Told> {
  let found: Told | null = null;
  const from = performance.now();
  const tell = (value: unknown) => (found = { at: Math.round(performance.now() - from), value });
  void read.then(tell, (error: unknown) => tell(isRefusal(error) ? error.code : error));
  await vi.advanceTimersByTimeAsync(60_000);
  return found ?? { at: Infinity, value: 'nothing' };
}

test('[PD1] successive reads, each within its own deadline, end together when the page is due', async () => {
  const hung = web(2_000, health('up', 'away'));
  const began = performance.now();
  const chain = async () => {
    await after(2_000, null);
    await after(2_000, null);
    return after(2_000, 'late');
  };
  const reads = [withinPage(hung, began, chain()), withinPage(hung as never, began, never)];
  const answers = await Promise.all(reads.map(told));
  expect(answers).toEqual([
    { at: PAGE_MS, value: 'engineAway' },
    { at: PAGE_MS, value: 'engineAway' },
  ]);
});

test('[PD2] a read that began late ends when the page is due, not later', async () => {
  const began = performance.now();
  await vi.advanceTimersByTimeAsync(2_000);
  const { at } = await told(withinPage(web(2_000, health('up', 'away')), began, never));
  expect(at).toBe(PAGE_MS - 2_000);
});

test('[PD3] the database is named when it is the part that does not answer', async () => {
  const { value } = await told(withinPage(web(100, health('away', 'up')), performance.now(), never));
  expect(value).toBe('databaseAway');
});

test('[PD4] a page whose parts all answer is not cut short', async () => {
  const slow = withinPage(web(50, health('up', 'up')), performance.now(), after(9_000, 'much'));
  expect(await told(slow)).toEqual({ at: 9_000, value: 'much' });
});

test('[PD5] a read that is answered soon causes no health check and leaves no timer', async () => {
  const quick = web(0, health('up', 'up'));
  expect(await told(withinPage(quick, performance.now(), after(100, 'data')))).toEqual({
    at: 100,
    value: 'data',
  });
  expect(quick.health.read).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('[PD6] who looks at a page is read from the database: an engine that is away does not cut it short', async () => {
  const read = (answer: Health, ms = 50) =>
    told(withinPage(web(ms, answer), performance.now(), after(9_000, 'Ada'), 'database'));
  expect(await read(health('up', 'away'))).toEqual({ at: 9_000, value: 'Ada' });
  expect(await read(health('away', 'away'))).toEqual({ at: PAGE_MS, value: 'databaseAway' });
  // Nothing is known of either when the page is due.
  expect(await read(health('up', 'up'), 60_000)).toEqual({ at: PAGE_MS, value: 'databaseAway' });
});
