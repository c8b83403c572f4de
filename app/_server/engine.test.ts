/** [WE] The web's connection to the engine. */
import type { InterceptorOptions, NextCall } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { bounded } from './engine';

test('[WE1] every call to the engine has a deadline; a deadline that the caller gives is kept', () => {
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
