/** [SSC1] A search finds words, in any order, by how they begin; the title counts most. */
import { expect, test } from 'vitest';
import { searchScore } from './search-score';

test.each([
  ['log', ['Write to the log', 'call', 'log'], 1],
  ['http', ['HTTP request', 'call', 'http.request'], 0.9],
  ['request', ['HTTP request', 'call', 'http.request'], 0.7],
  ['start run', ['Start a run'], 0.6],
  ['run st', ['Start a run'], 0.6],
  ['quest', ['HTTP request', 'call', 'http.request'], 0.4],
  ['log', ['Look up an order', 'shop.lookUpOrder'], 0],
  ['Timer ', ['Wait', 'timer', 'wait'], 1],
  [' ', ['Wait'], 1],
])("[SSC1] '%s' in %j scores %d", (search, texts, score) => {
  expect(searchScore(search, texts)).toBe(score);
});
