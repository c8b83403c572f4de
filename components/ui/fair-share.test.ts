import { expect, test } from 'vitest';
import { fairShare, grouped } from './fair-share';

const sizes = (groups: number[], most: number) =>
  fairShare(
    groups.map((size) => Array.from({ length: size })),
    most
  ).map(({ length }) => length);

test("[FSH1] a large group leaves room for the small ones, and what they do not need is the large one's", () => {
  expect(sizes([5_000, 3, 20], 100)).toEqual([77, 3, 20]);
  expect(sizes([5_000, 5_000], 101)).toEqual([51, 50]);
  expect(sizes([2, 0, 3], 100)).toEqual([2, 0, 3]);
  expect(sizes([5, 5, 5], 2)).toEqual([1, 1, 0]);
});

test('[FSH1] groups are in the order in which they appear', () => {
  expect(grouped(['b1', 'a1', 'b2'], (each) => each[0]!)).toEqual([
    ['b', ['b1', 'b2']],
    ['a', ['a1']],
  ]);
});
