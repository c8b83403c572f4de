import { expect, test } from 'vitest';
import { GroupedReads } from './grouped-reads';

/** A service that answers when the test says so. */
function slow(most?: number) {
  const asked: (readonly string[])[] = [];
  const answers: { resolve: (rows: (string | null)[]) => void; reject: (error: Error) => void }[] = [];
  const reads = new GroupedReads<string, string>((keys) => {
    asked.push(keys);
    return new Promise((resolve, reject) => answers.push({ resolve, reject }));
  }, most);
  return { asked, answers, reads };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('[GRD1] the first is read at once; what is asked meanwhile is one query, and each gets its own answer', async () => {
  const { asked, answers, reads } = slow();
  const first = reads.ask('a');
  const later = ['b', 'c', 'b'].map((key) => reads.ask(key));
  expect(asked).toEqual([['a']]);
  answers[0]?.resolve(['A']);
  expect(await first).toBe('A');
  await turn();
  expect(asked[1]).toEqual(['b', 'c', 'b']);
  answers[1]?.resolve(['B', null, 'B']);
  expect(await Promise.all(later)).toEqual(['B', null, 'B']);
});

test('[GRD2] a query that fails is the failure of those who asked in it, and of no one else', async () => {
  const { answers, reads } = slow();
  const first = reads.ask('a');
  const second = reads.ask('b');
  answers[0]?.reject(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await turn();
  answers[1]?.resolve(['B']);
  expect(await second).toBe('B');
});

test('[GRD3] one query has a limit of keys', async () => {
  const { asked, answers, reads } = slow(2);
  const all = ['a', 'b', 'c', 'd'].map((key) => reads.ask(key));
  for (const index of [0, 1, 2]) {
    answers[index]?.resolve((asked[index] ?? []).map((key) => key.toUpperCase()));
    await turn();
  }
  expect(asked).toEqual([['a'], ['b', 'c'], ['d']]);
  expect(await Promise.all(all)).toEqual(['A', 'B', 'C', 'D']);
});
