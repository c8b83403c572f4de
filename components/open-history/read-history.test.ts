import { afterEach, expect, test, vi } from 'vitest';
import { readHistory } from './read-history';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('[OHI1] a file that takes too long is given up, and its worker is ended', async () => {
  vi.useFakeTimers();
  const ended: string[] = [];
  vi.stubGlobal(
    'Worker',
    class {
      addEventListener() {}
      postMessage() {}
      terminate() {
        ended.push('worker');
      }
    }
  );
  const reading = readHistory('{"events":[]}');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await reading).toMatchObject({ problem: expect.stringContaining('30 s') as string });
  expect(ended).toEqual(['worker']);
});
