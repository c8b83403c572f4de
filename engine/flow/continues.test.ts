/** [CLO1] */
import { expect, it } from 'vitest';
import { continuingLoops } from './continues';
import type { FlowNode } from './nodes/table';

const node = (id: string, more: object) => ({ id, title: id, ...more }) as FlowNode;
const calls = (count: number) =>
  Array.from({ length: count }, (_, index) => node(`a-${index}`, { kind: 'set', values: {} }));
const repeat = (most: number, steps: FlowNode[]) => node('r', { kind: 'repeat', until: 'true', most, steps });
const each = (steps: FlowNode[], more: object = {}) =>
  node('e', { kind: 'each', items: '[]', item: 'x', concurrency: 1, onFailure: 'stop', steps, ...more });

it('[CLO1] a loop continues as new only if it can be long, and only directly in the flow', () => {
  const isLong = (loop: FlowNode) => continuingLoops([loop]).length === 1;
  expect(isLong(repeat(100, calls(3)))).toBe(false);
  expect(isLong(repeat(1_000, calls(3)))).toBe(true);
  // A short loop with many steps in each round.
  expect(isLong(repeat(50, [each(calls(2))]))).toBe(true);
  expect(isLong(each(calls(3)))).toBe(false);
  expect(isLong(each(calls(3), { most: 1_000 }))).toBe(false);
  expect(isLong(each(calls(3), { most: 10_000 }))).toBe(true);
  expect(isLong(node('g', { kind: 'group', steps: [repeat(1_000, calls(3))] }))).toBe(false);
});
