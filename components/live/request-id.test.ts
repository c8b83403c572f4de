// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { newId, useRequestId } from './request-id';

afterEach(() => vi.unstubAllGlobals());

test('[QI1] a request has an id also on a page without a secure context, where randomUUID does not exist', () => {
  const { getRandomValues } = globalThis.crypto;
  vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(globalThis.crypto) });
  const ids = Array.from({ length: 100 }, newId);
  for (const id of ids) expect(z.uuid().safeParse(id).success).toBe(true);
  expect(new Set(ids).size).toBe(100);
  const { result } = renderHook(useRequestId);
  expect(z.uuid().safeParse(result.current.of({})).success).toBe(true);
});

test('[QI2] the same request keeps its id until it was answered; another request has another id', () => {
  const { result } = renderHook(useRequestId);
  const first = result.current.of({ a: 1 });
  expect(result.current.of({ a: 1 })).toBe(first);
  const changed = result.current.of({ a: 2 });
  expect(changed).not.toBe(first);
  result.current.answered();
  expect(result.current.of({ a: 2 })).not.toBe(changed);
});
