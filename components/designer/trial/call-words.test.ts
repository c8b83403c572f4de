import { expect, test } from 'vitest';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { Answer } from '@/engine/flow/trial-plan';
import type { TrialCall } from '@/engine/trial/result';
import { callWords } from './call-words';

const manifest = {
  document: {
    steps: [
      { id: 'pause', kind: 'wait', title: 'Pause' },
      { id: 'agree', kind: 'approval', title: 'Agree', onTimeout: 'reject' },
      { id: 'agree-too', kind: 'approval', title: 'Agree too', onTimeout: 'approve' },
    ],
  },
  nodes: {
    charge: { title: 'Charge', kind: 'action', effect: 'reversible', undo: { title: 'Refund' } },
    ask: { title: 'Ask', kind: 'action', effect: 'none', undo: null },
    pause: { title: 'Pause', kind: 'wait', effect: 'none', undo: null },
    agree: { title: 'Agree', kind: 'approval', effect: 'none', undo: null },
  },
} as unknown as FlowManifest;
const words = (nodeId: string, given: Partial<TrialCall>) => {
  const call: TrialCall = {
    nodeId,
    path: [],
    role: 'do',
    attempt: 1,
    atMs: 0,
    answer: null,
    words: null,
    moment: 0,
    ...given,
  };
  const { mark, words: said } = callWords(call, manifest);
  return `${mark}: ${said}`;
};
const fails: Answer = { kind: 'failure', effect: 'none', type: 'Failed', message: 'It failed.', retryable: false };

test('[CAW1] only a step with an effect fails before or after it, or has an unknown outcome', () => {
  expect(words('charge', { answer: fails })).toBe('failed: failed before its effect: It failed.');
  expect(words('charge', { answer: { ...fails, effect: 'happened' } })).toBe(
    'unknown: failed after its effect: It failed.'
  );
  expect(words('charge', { answer: { kind: 'timeout', effect: 'happened' } })).toBe(
    'unknown: never answered, and it happened'
  );
  expect(words('ask', { answer: fails })).toBe('failed: failed: It failed.');
  expect(words('ask', { answer: { kind: 'timeout', effect: 'none' } })).toBe('failed: never answered');
  expect(words('charge', { role: 'undo', answer: fails })).toBe('undoFailed: failed: It failed.');
});

test('[CAW2] what came from outside has the mark of what it did', () => {
  expect(words('pause', { role: 'time', words: 'Waited for 60 days.' })).toBe('done: Waited for 60 days.');
  expect(words('agree', { role: 'time', words: 'Nobody decided.' })).toBe('failed: Nobody decided.');
  expect(words('agree-too', { role: 'time', words: 'Nobody decided.' })).toBe('done: Nobody decided.');
  expect(words('pause', { role: 'signal', words: 'It came.' })).toBe('done: It came.');
  expect(words('pause', { role: 'signal', words: 'It came.', isTaken: false })).toBe('notTaken: It came.');
  expect(words('charge', { role: 'operator', words: 'It happened' })).toBe('done: An operator: It happened');
});
