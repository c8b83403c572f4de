import { expect, test } from 'vitest';
import type { FlowManifest } from '../flow/manifest';
import { withRejection } from './rejected-signals';

const manifest = {
  checksValues: true,
  document: {
    signals: { finish: { title: 'Finish', schema: { required: ['well'], properties: { well: { type: 'boolean' } } } } },
  },
} as unknown as FlowManifest;
const signal = (signalName: string, ...input: unknown[]) => ({
  id: 5,
  timeMs: 0,
  type: 'WorkflowExecutionSignaled',
  attributes: { signalName, input },
});
const rejected = (event: ReturnType<typeof signal>, of = manifest) => withRejection(event, of).rejected;

test('[RS1] a recorded signal that the run ignored shows the reason', () => {
  expect(rejected(signal('finish', { well: true }))).toBeUndefined();
  expect(rejected(signal('finish', { well: 'yes' }))).toBe('/well must be yes or no (true or false)');
  expect(rejected(signal('finish', {}))).toBe('/well is missing');
  expect(rejected(signal('toString', {}))).toBe('the flow declares no such signal');
});

test('[RS2] code that was compiled before signals were checked accepts every signal', () => {
  expect(rejected(signal('finish', {}), { ...manifest, checksValues: undefined })).toBeUndefined();
});
