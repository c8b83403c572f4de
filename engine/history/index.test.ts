import { expect, it } from 'vitest';
import * as index from './index';
import type { HistoryApi } from './api';

it('[HX1] every function of the contract is exported', () => {
  // The type checks the rule: a missing or different function does not compile.
  const api: HistoryApi = index;
  expect(typeof api.startRun).toBe('function');
});
