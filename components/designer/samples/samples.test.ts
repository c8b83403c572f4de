/** The rules are in samples.ts. */
import { expect, test } from 'vitest';
import type { FlowManifest } from '@/engine/flow/manifest';
import { MASK } from '@/engine/flow/values/mask';
import type { RunEvent } from '@/engine/run-view/model';
import { answerFrom, sampleAt, samplesOfRun, samplesOfTry, sampleWords } from './samples';

const event = (id: number, type: string, attributes: RunEvent['attributes']): RunEvent => {
  return { id, timeMs: id * 1_000, type, attributes };
};
const events = (card: string): RunEvent[] => [
  event(1, 'WorkflowExecutionStarted', { input: [{ amount: 12, card }] }),
  event(5, 'ActivityTaskScheduled', { activityId: 'charge-card', activityType: { name: 'shop.charge' }, input: [{}] }),
  event(6, 'ActivityTaskStarted', { scheduledEventId: 5, attempt: 1 }),
  event(7, 'ActivityTaskCompleted', { scheduledEventId: 5, result: [{ id: 'T-1', parts: { fee: 3 } }] }),
];

test('[SMP1] the input and the outputs of steps are found by the names that expressions use', () => {
  const samples = samplesOfRun('order-8841', events('4242'));
  expect(samples.from).toBe('the run order-8841');
  expect(sampleAt(samples, 'input.amount')).toBe(12);
  expect(sampleAt(samples, 'chargeCard?.parts?.fee')).toBe(3);
  expect(sampleAt(samples, 'chargeCard.nothing')).toBeUndefined();
  expect([sampleWords(samples, 'chargeCard.id'), sampleWords(samples, 'ship.id')]).toEqual(['"T-1"', null]);
  expect(answerFrom(samples, 'charge-card')).toEqual({ id: 'T-1', parts: { fee: 3 } });
});

test('[SMP2] what the server has hidden is called hidden, and is no answer of a trial', () => {
  const hidden = events(MASK);
  hidden[3]!.attributes.result = [{ id: MASK }];
  const samples = samplesOfRun('order-8841', hidden);
  expect([sampleWords(samples, 'input.card'), answerFrom(samples, 'charge-card')]).toEqual(['hidden', undefined]);
});

test('[SMP2] of a try, what the schema calls sensitive is hidden here', () => {
  const input = { type: 'object', properties: { card: { type: 'string', sensitive: true } } } as const;
  const manifest = { document: { input, signals: {}, updates: {}, queries: {}, variables: {}, steps: [] }, nodes: {} };
  const samples = samplesOfTry(events('4242'), manifest as unknown as FlowManifest);
  expect([sampleWords(samples, 'input.card'), sampleWords(samples, 'input.amount')]).toEqual(['hidden', '12']);
});
