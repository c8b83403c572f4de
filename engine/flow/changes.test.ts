/** [CHG1] Each difference is one change: of the step that differs, not also of what it is in. */
import { expect, test } from 'vitest';
import { changesBetween } from './changes';
import type { FlowDocument, FlowNode } from './document';

const log = (id: string, message = id): object => ({
  id,
  kind: 'action',
  title: id,
  activity: 'log',
  input: { message },
});
const group = (...steps: object[]): object => ({ id: 'group', kind: 'group', title: 'group', steps });
const flow = (...steps: object[]): FlowDocument =>
  ({ format: 2, name: 'f', title: 'F', input: {}, steps: steps as FlowNode[] }) as unknown as FlowDocument;
const words = (before: FlowDocument, after: FlowDocument) =>
  changesBetween(before, after).map(({ message }) => message);

test.each([
  ['a step more', flow(log('a')), flow(log('a'), log('b')), ["'b' was added."]],
  ['a step fewer', flow(log('a'), log('b')), flow(log('b')), ["'a' was removed."]],
  ['a step more in a group', flow(group(log('a'))), flow(group(log('a'), log('b'))), ["'b' was added."]],
  ['another input', flow(log('a')), flow(log('a', 'other')), ["'a' was changed."]],
  [
    'a step that moved out of a group',
    flow(group(log('a'), log('b'))),
    flow(group(log('a')), log('b')),
    ["'group' was changed.", expect.stringMatching(/^The flow itself .* order of its steps/)],
  ],
  [
    'another order',
    flow(log('a'), log('b')),
    flow(log('b'), log('a')),
    [expect.stringMatching(/^The flow itself .* order of its steps/)],
  ],
])('[CHG1] %s', (_what, before, after, expected) => expect(words(before, after)).toEqual(expected));
