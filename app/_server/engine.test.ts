/** [WE] The web's connection to the engine. */
import type { InterceptorOptions, NextCall } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { bounded } from './engine';

test('[WE1] no call to the engine is without a deadline; one that has its own keeps it', () => {
  const deadlineOf = (options: Partial<InterceptorOptions>) => {
    let given: InterceptorOptions['deadline'];
    const next: NextCall = (passed) => {
      given = passed.deadline;
      return {} as ReturnType<NextCall>;
    };
    bounded(options as InterceptorOptions, next);
    return Number(given);
  };
  expect(deadlineOf({}) - Date.now()).toBeGreaterThan(0);
  expect(deadlineOf({}) - Date.now()).toBeLessThanOrEqual(12_000);
  expect(deadlineOf({ deadline: 7 })).toBe(7);
});
