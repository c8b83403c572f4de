import { expect, it } from 'vitest';
import { finish, markersFor } from './finish';

const markers = markersFor({ any: 'document' });
const { begin, end } = markers;

it('the lines of a node are those between its marks, and the marks are removed', async () => {
  const text = ['f();', begin('a'), '// a', 'if (x) {', begin('b'), 'g();', '', end('b'), '}', end('a'), 'h();'].join(
    '\n'
  );
  const { code, lines } = await finish(text, markers);
  expect(code.split('\n')).toEqual(['f();', '// a', 'if (x) {', '  g();', '}', 'h();', '']);
  expect([...lines]).toEqual([
    ['a', [2, 5]],
    ['b', [4, 4]],
  ]);
});

it('text that is not TypeScript throws an error, which compile() makes a diagnostic of', async () => {
  await expect(finish('const = ;', markers)).rejects.toThrow();
});
