import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../sim/virtual-clock';
import { HintStream, WINDOW_MS, type Hint } from './watch';

function watched() {
  const clock = new VirtualClock();
  const stream = new HintStream(clock);
  const seen: Hint[] = [];
  const stop = stream.listen((hint) => seen.push(hint));
  const emit = (runId: string, kind: Hint['kind'] = 'changed') =>
    stream.emit({ namespace: 'default', workflowId: `of ${runId}`, runId, kind });
  const told = () => seen.splice(0).map(({ runId, kind }) => `${runId} ${kind}`);
  return { clock, stream, emit, told, stop, seen };
}

describe('hints', () => {
  it('[WA1] are sent at once for the first change of a run, and once for a thousand more in a window', async () => {
    const { clock, emit, told } = watched();
    for (let step = 0; step < 1_000; step++) emit('a');
    emit('b');
    expect(told()).toEqual(['a changed', 'b changed']);
    await clock.advance(WINDOW_MS);
    expect(told()).toEqual(['a changed']);
    await clock.advance(10 * WINDOW_MS);
    expect(told()).toEqual([]);
  });

  it('[WA2] are sent once a window while a run changes, and never later than a window after a change', async () => {
    const { clock, emit, told } = watched();
    for (let ms = 0; ms < 10 * WINDOW_MS; ms++) {
      emit('a');
      await clock.advance(1);
    }
    const { length } = told();
    expect(length).toBeGreaterThanOrEqual(10);
    expect(length).toBeLessThanOrEqual(12);
    emit('a');
    await clock.advance(WINDOW_MS);
    expect(told()).toEqual(['a changed']);
  });

  it('[WA3] are sent at once for a close, which is the last one of its run', async () => {
    const { clock, emit, told } = watched();
    for (const kind of ['changed', 'changed', 'closed'] as const) emit('a', kind);
    expect(told()).toEqual(['a changed', 'a closed']);
    await clock.advance(WINDOW_MS);
    expect(told()).toEqual([]);
  });

  it('[WA4] have sequence numbers that rise by one, over windows and runs', async () => {
    const { clock, emit, seen } = watched();
    for (const runId of ['a', 'a', 'b', 'b']) emit(runId);
    await clock.advance(WINDOW_MS);
    emit('a', 'closed');
    expect(seen.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  it('[WA5] need no memory and no timer while nobody listens', () => {
    const { clock, emit, stop } = watched();
    stop();
    emit('a');
    expect(clock.next()).toBeNull();
  });
});
