/** [WD] Which processes are reported as hung, and when none is. Virtual time. */
import { expect, test } from 'vitest';
import { PROBE_MS, STARTING_MISSES, Watchdog } from './watchdog';

function setUp() {
  let nowMs = 0;
  const watchdog = new Watchdog(() => nowMs);
  const round = (lateMs = 0) => {
    nowMs += PROBE_MS + lateMs;
    watchdog.round();
  };
  return { watchdog, round };
}
class Subject {
  hungTimes = 0;
  answers = true;
  readonly #questions: (() => void)[] = [];
  ask = (answered: () => void) => {
    if (this.answers) answered();
    else this.#questions.push(answered);
  };
  hung = () => void (this.hungTimes += 1);
  answerOldest = () => this.#questions.shift()?.();
}

test('[WD1] three questions without an answer are reported once, at most 8 s after the process stopped', () => {
  const { watchdog, round } = setUp();
  const one = new Subject();
  watchdog.watch(one);
  round();
  round();
  one.answers = false;
  for (let asked = 0; asked < 3; asked++) {
    round();
    expect(one.hungTimes).toBe(0);
  }
  round();
  expect(one.hungTimes).toBe(1);
  expect(4 * PROBE_MS).toBeLessThanOrEqual(8_000);
  round();
  expect(one.hungTimes).toBe(1);
});

test('[WD5] a process that starts has a minute, and is counted anew when it serves', () => {
  const { watchdog, round } = setUp();
  const loading = new Subject();
  loading.answers = false;
  let isStarting = true;
  watchdog.watch(Object.assign(loading, { isStarting: () => isStarting }));
  for (let asked = 0; asked < STARTING_MISSES; asked++) round();
  expect(loading.hungTimes).toBe(0);
  isStarting = false;
  for (let asked = 0; asked < 3; asked++) round();
  expect(loading.hungTimes).toBe(0);
  round();
  expect(loading.hungTimes).toBe(1);

  const never = new Subject();
  never.answers = false;
  watchdog.watch(Object.assign(never, { isStarting: () => true }));
  for (let asked = 0; asked <= STARTING_MISSES; asked++) round();
  expect(never.hungTimes).toBe(1);
  expect(STARTING_MISSES * PROBE_MS).toBeLessThanOrEqual(60_000);
});

test('[WD2] a process that answers late is slow and is not reported', () => {
  const { watchdog, round } = setUp();
  const slow = new Subject();
  slow.answers = false;
  watchdog.watch(slow);
  for (let asked = 0; asked < 20; asked++) {
    round();
    if (asked > 1) slow.answerOldest();
  }
  expect(slow.hungTimes).toBe(0);
});

test('[WD3] a late round does not count, and resets the counters', () => {
  const { watchdog, round } = setUp();
  const one = new Subject();
  one.answers = false;
  watchdog.watch(one);
  round();
  round();
  round();
  // The laptop was asleep, so all processes may have been equally late.
  round(60_000);
  expect(one.hungTimes).toBe(0);
  round();
  round();
  expect(one.hungTimes).toBe(0);
  round();
  expect(one.hungTimes).toBe(1);
});

test('[WD4] a process that does not answer does not prevent questions to others', () => {
  const { watchdog, round } = setUp();
  const [hangs, well] = [new Subject(), new Subject()];
  hangs.answers = false;
  watchdog.watch(hangs);
  const stop = watchdog.watch(well);
  for (let asked = 0; asked < 5; asked++) round();
  expect([hangs.hungTimes, well.hungTimes]).toEqual([1, 0]);
  stop();
  well.answers = false;
  for (let asked = 0; asked < 5; asked++) round();
  expect(well.hungTimes).toBe(0);
});
