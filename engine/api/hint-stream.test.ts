import { expect, test } from 'vitest';
import { HintStream, type HintSink } from './hint-stream';

test('[AHS2] a slow reader receives the newest hint of every run and kind when it reads again', () => {
  const written: number[] = [];
  let room = false;
  let drain = () => {};
  const sink: HintSink = {
    write: (hint) => {
      written.push(hint.sequence);
      return room;
    },
    once: (_event, listener) => (drain = listener),
  };
  const stream = new HintStream(sink);
  const hint = (sequence: number, runId: string) => ({
    sequence,
    namespace: 'n',
    workflowId: 'w',
    runId,
    kind: 'history',
  });
  stream.push(hint(1, 'a'));
  for (let sequence = 2; sequence <= 1_000; sequence++) stream.push(hint(sequence, 'a'));
  stream.push(hint(1_001, 'b'));
  stream.push(hint(1_002, 'a'));
  expect(written).toEqual([1]);
  room = true;
  drain();
  expect(written).toEqual([1, 1_001, 1_002]);
  stream.push(hint(1_003, 'a'));
  expect(written.at(-1)).toBe(1_003);
});
