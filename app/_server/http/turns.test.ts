/** [WTU1] Between two large answers the event loop does everything else; small ones are written at once. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTurn } from './turns';

let turn = 0;
/** Turns of the event loop, counted until the answers are written. */
async function turnsOf(writings: (() => void)[]): Promise<number[]> {
  let isOver = false;
  const counting = (async () => {
    for (; !isOver; turn++) await nextTurn();
  })();
  const turns = await Promise.all(writings.map((write) => inTurn(() => (write(), turn))));
  isOver = true;
  await counting;
  return turns;
}
const large = () => {
  for (const endMs = performance.now() + 30; performance.now() < endMs;);
};

test('[WTU1] each large answer has a turn of its own', async () => {
  expect(new Set(await turnsOf([large, large, large, large])).size).toBe(4);
});

test('[WTU1] small answers do not wait', async () => {
  expect(new Set(await turnsOf(Array.from({ length: 50 }, () => () => {}))).size).toBe(1);
});
