import { expect, it } from 'vitest';
import { climbs } from './climbs';

it.each([
  '..',
  '/a/../b',
  '/a/..',
  '/a/%2e%2e/b',
  '/a/.%2E/b',
  '/a/..;/b',
  '/a/..;x=1/b',
  '/a/..%3b/b',
  '/a\\..\\b',
  '/a/..%2fb',
  '/a%2f..%2fb',
  '/a/..%5cb',
  '/a/%252e%252e/b',
  '/a/%25252e%25252e%25252fb',
  '/a/..\t/b',
])('[CL1] %j contains a step to a parent folder', (path) => {
  expect(climbs(path, { encoded: true })).toBe(true);
});

it.each(['', '/a/b', '/a/..b/c', '/a.b/...', '/a/b?back=../x', '/a/b#../x', '/a%2fb', '/100%25'])(
  '[CL1] %j contains no step to a parent folder',
  (path) => {
    expect(climbs(path, { encoded: true })).toBe(false);
  }
);

it('[CL2] a value that was encoded into one segment is not decoded again', () => {
  expect(climbs('/orders/4711%2F..%2Fadmin', { encoded: false })).toBe(false);
  for (const path of ['/a/../b', '/a/%2e%2e/b', '/a/..;/b', '/a\\..\\b'])
    expect(climbs(path, { encoded: false })).toBe(true);
});
