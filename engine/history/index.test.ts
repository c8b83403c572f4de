import { expect, it } from 'vitest';
import Long from 'long';
import * as index from './index';
import type { HistoryApi, HistoryEvent } from './api';
import { payloads } from './testing/run';

it('[HX1] every function of the contract is exported', () => {
  // The type checks the rule: a missing or different function does not compile.
  const api: HistoryApi = index;
  expect(typeof api.startRun).toBe('function');
});

it('[HX2] the size of a batch is that of its bytes', () => {
  const events: HistoryEvent[] = [1, 300].map((size) => ({
    eventId: Long.fromNumber(size),
    workflowExecutionSignaledEventAttributes: { signalName: 'go', input: payloads('x'.repeat(size)) },
  }));
  expect(index.batchBytes(events)).toBe(index.encodeBatch(events).length);
});
