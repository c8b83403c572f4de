/** [VA] Search attributes as plain values, by which runs are listed. */
import { expect, test } from 'vitest';
import { decodeSearchAttribute } from './search-attributes';

const payload = (value: unknown, type: string) => ({
  metadata: { encoding: Buffer.from('json/plain'), type: Buffer.from(type) },
  data: Buffer.from(JSON.stringify(value)),
});

test.each([
  ['Datetime', '2026-01-02T03:04:05+01:00', '2026-01-02T02:04:05.000Z'],
  ['Datetime', '2026-01-02T03:04:05.6789Z', '2026-01-02T03:04:05.678Z'],
  ['Datetime', ['2026-01-02T03:04:05Z'], '2026-01-02T03:04:05.000Z'],
  ['Datetime', 'soon', 'soon'],
  ['Keyword', '2026-01-02T03:04:05+01:00', '2026-01-02T03:04:05+01:00'],
  ['KeywordList', ['a'], ['a']],
  ['Keyword', ['a'], 'a'],
  ['Int', null, null],
])('[VA1] a %s of %j is stored as %j', (type, sent, kept) => {
  expect(decodeSearchAttribute(payload(sent, type))).toEqual(kept);
});
