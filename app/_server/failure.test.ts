/** What the engine's refusals are to whoever asked the web. */
import { expect, test } from 'vitest';
import { fromEngine } from './failure';

const refusal = (code: number, details: string) => fromEngine(Object.assign(new Error(details), { code, details }));

test('[FW1] a run that is near one of its limits refuses a signal: told by name, and as nothing to retry', () => {
  const near = refusal(9, 'limit maxBytes: the history has 41943040 bytes, 80 % of the 52428800 that a run may have');
  expect(near?.code).toBe('refused');
  expect(near?.message).toMatch(/^Limit maxBytes: the history has 41943040 bytes/);
});

test('[FW2] another precondition is left to the operation that knows it', () => {
  expect(refusal(9, 'the workflow has not run yet')).toBeNull();
});
