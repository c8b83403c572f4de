/** The keys of a saga's calls, in the real sandbox; the official replayer replays the histories with their keys. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import type { WorkflowUnderTest } from '../worker/testing/run-workflow';
import { boundedKey, type ActivityCall } from './call';
import { start, usesSagas, workflowsPath } from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

/** The metadata of each activity by its id, in the order of scheduling. */
function callsOf(run: WorkflowUnderTest): Map<string, ActivityCall> {
  const scheduled = run.events.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
  return new Map(
    scheduled.map(({ activityId, input }) => [
      activityId ?? '',
      JSON.parse(Buffer.from(input?.payloads?.[1]?.data ?? []).toString()) as ActivityCall,
    ])
  );
}

it('[IK1] the undo and the look-up of a step send the key that was made when the step began', async () => {
  const unwound = start('unwinds');
  await unwound.run();
  const calls = callsOf(unwound);
  expect([...calls.keys()]).toEqual(['a', 'b', 'bad', 'bad:undo', 'b:undo', 'a:undo']);
  for (const id of ['a', 'b', 'bad']) {
    const [step, undo] = [calls.get(id)!, calls.get(`${id}:undo`)!];
    expect(step).toMatchObject({ hasEffect: true });
    expect(step.forwardKey).toBeUndefined();
    expect(undo).toEqual({
      idempotencyKey: `${step.idempotencyKey}:undo`,
      forwardKey: step.idempotencyKey,
      hasEffect: true,
    });
    expect(step.idempotencyKey).toMatch(new RegExp(`^default/unwinds-\\d+/[0-9a-f-]{36}/${id}$`));
  }
  const looked = start('checked');
  await looked.run();
  const [bad, check] = ['bad', 'bad:check'].map((id) => callsOf(looked).get(id)!);
  expect(check).toMatchObject({ forwardKey: bad!.idempotencyKey, hasEffect: false });
  expect(check!.idempotencyKey).toBe(`${bad!.idempotencyKey}:check`);
});

it('[IK2] a key fits into 255 characters of visible ASCII, and two ids never become one key', () => {
  expect(boundedKey('default/order 1/u/charge')).toBe('default/order%201/u/charge');
  expect(boundedKey('default/order%201/u/charge')).toBe('default/order%25201/u/charge');
  const long = `default/${'ü'.repeat(300)}/u/charge`;
  expect(boundedKey(long)).toBe(`sha256/${createHash('sha256').update(long).digest('hex')}`);
  expect(boundedKey(`${'a'.repeat(255)}`)).toHaveLength(255);
  expect(boundedKey(`${'a'.repeat(256)}`)).toMatch(/^sha256\/[0-9a-f]{64}$/);
});
