import { expect, it } from 'vitest';
import { compare } from './compare';
import { normalise } from './normal';

const [FIRST, OTHER] = ['01a22a32-62d3-754c-b2b7-1214ff4f572b', '01a22a32-62d3-754c-b2b7-1214ff4f572c'];
const names = new Map([[FIRST, '<first.runId>']]);
const base64 = (text: string) => Buffer.from(text).toString('base64');

it('[DIF1] ids have the name of the step that returned them; times, tokens and measurements are not compared', () => {
  const answer = {
    ok: {
      runId: FIRST,
      text: `run ${FIRST} before ${OTHER}`,
      startTime: { seconds: 1_796_004_274, nanos: 5 },
      timeout: { seconds: 10, nanos: 500_000_000 },
      nextPageToken: 'eyJ9',
      historySizeBytes: 241,
      byRequest: { [OTHER]: 1 },
    },
  };
  expect(normalise(answer, names)).toEqual({
    ok: {
      runId: '<first.runId>',
      text: 'run <first.runId> before <uuid>',
      startTime: '<time>',
      timeout: '10.5s',
      nextPageToken: '<token>',
      historySizeBytes: '<measured>',
      byRequest: { '<uuid>': 1 },
    },
  });
});

it('[DIF2] a payload is its JSON, with the type that the server added', () => {
  const metadata = { encoding: base64('json/plain'), type: base64('Int') };
  const answer = {
    ok: { one: { metadata, data: base64('3') }, other: { metadata: { encoding: base64('binary/null') } } },
  };
  expect(normalise(answer, names)).toEqual({ ok: { one: 'Int json/plain 3', other: 'binary/null ' } });
});

it('[DIF3] nothing is the same as what has no content; everything else is a difference', () => {
  const empty = normalise({ ok: { text: '', count: 0, flag: false, list: [], message: {}, bytes: '' } }, names);
  expect(compare(empty, { ok: {} })).toEqual([]);
  expect(compare({ ok: { a: { b: [1, 2] } } }, { ok: { a: { b: [1, 3] }, c: 'x' } })).toEqual([
    { path: 'a.b.1', recorded: 2, here: 3 },
    { path: 'c', recorded: undefined, here: 'x' },
  ]);
  expect(compare({ error: 'NOT_FOUND', says: 'one' }, { error: 'NOT_FOUND', says: 'other' })).toEqual([]);
  expect(compare({ ok: {} }, { error: 'NOT_FOUND', says: 'other' })).toHaveLength(1);
});
