/** [FR1] A frame selects what it touches; a group only if it is inside as a whole. */
import { expect, test } from 'vitest';
import type { FlowDocument } from '@/engine/flow/document';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { nodesIn } from './use-frame';

const step = (id: string) => ({ id, kind: 'wait', title: id, duration: '1d' });
const steps = [
  step('a'),
  { id: 'g', kind: 'group', title: 'g', steps: [step('b'), step('c')] },
  step('d'),
] as unknown as FlowDocument['steps'];
const drawn = layoutFlow({ steps }, 'down', { edited: true });
const boxOf = (id: string) => [...drawn.cards, ...drawn.frames].find((each) => each.id === id)!;

test('[FR1] cards that are touched, also inside a group', () => {
  const [a, b] = [boxOf('a'), boxOf('b')];
  const box = { x: a.x + 10, y: a.y + 10, width: 20, height: b.y - a.y };
  expect(nodesIn(drawn, box)).toEqual(['a', 'b']);
  expect(nodesIn(drawn, { x: a.x - 50, y: a.y, width: 40, height: 40 })).toEqual([]);
});
test('[FR1] a group that is inside as a whole is selected too', () => {
  const { bounds } = drawn;
  expect(nodesIn(drawn, bounds).sort()).toEqual(['a', 'b', 'c', 'd', 'g']);
});
