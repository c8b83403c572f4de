import { expect, test } from 'vitest';
import type { RunEvent } from './model';
import { keyOwner } from './step-keys';

const run = { workflowId: 'nähen', runId: 'r' };
const scheduled = (activityId: string, ...input: unknown[]) =>
  ({ id: 5, type: 'ActivityTaskScheduled', attributes: { activityId, input } }) as unknown as RunEvent;

test('[KO1] a key belongs to the call that was sent with it according to the history', () => {
  const own = keyOwner([scheduled('charge', { body: 1 }, { idempotencyKey: 'default/n%C3%A4hen/u-1/charge' })], run);
  expect(own('default/n%C3%A4hen/u-1/charge')).toBe('charge');
  expect(own('default/n%C3%A4hen/u-2/charge')).toBeNull();
});
test('[KO2] a digest is found as well as a readable key', () => {
  expect(keyOwner([scheduled('charge', {}, { idempotencyKey: 'sha256-0f' })], run)('sha256-0f')).toBe('charge');
});
test('[KO3] code of format 1 sends no key of its own, and its keys contain the run id', () => {
  const own = keyOwner([scheduled('charge', {}, {})], run);
  expect(own('default/n%C3%A4hen/r/charge')).toBe('charge');
  expect(own('default/n%C3%A4hen/another/charge')).toBeNull();
});
