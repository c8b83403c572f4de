/** [IM1] The search of the insert menu finds words, and the best match is first. */
import { expect, test } from 'vitest';
import { scoreOf } from './insert-menu';

test.each([
  ['log', ['Write to the log', 'log', 'call'], 'log', 1],
  ['http.request', ['HTTP request', 'call'], 'http', 0.9],
  ['http.request', ['HTTP request', 'call'], 'request', 0.7],
  ['http.request', ['HTTP request', 'call'], 'quest', 0.4],
  ['shop.lookUpOrder', ['Look up an order'], 'log', 0],
  ['wait', ['Wait', 'timer'], 'Timer ', 1],
])("[IM1] '%s' (%j), searched by '%s', scores %d", (value, keywords, search, score) => {
  expect(scoreOf(value, search, keywords)).toBe(score);
});
