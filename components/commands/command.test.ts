/**
 * [CMD1] Without a search the menu lists what can be done now, as it was given.
 * [CMD2] A search finds everything, the best match first, and what cannot be done behind what can.
 */
import { expect, test } from 'vitest';
import { offeredCommands, type Command } from './command';

const command = (title: string, more: Partial<Command> = {}): Command => {
  return { id: title, group: 'Here', title, run: () => undefined, ...more };
};
const listed = (commands: readonly Command[], search: string) =>
  offeredCommands(commands, search).map(([group, list]) => [group, list.map(({ title }) => title)]);

const commands = [
  command('Delete', { whyNot: 'Select a step first.' }),
  command('Publish…'),
  command('Charge the card', { group: 'Steps', isOneOfMany: true }),
  command('Deliver', { group: 'Steps', isOneOfMany: true }),
  command('Runs', { group: 'Go to' }),
];

test('[CMD1] neither what cannot be done nor one of very many is listed before somebody searches', () => {
  expect(listed(commands, ' ')).toEqual([
    ['Here', ['Publish…']],
    ['Go to', ['Runs']],
  ]);
});

test('[CMD2] what can be done is before a better match that cannot', () => {
  expect(listed(commands, 'del')).toEqual([
    ['Steps', ['Deliver']],
    ['Here', ['Delete']],
  ]);
  expect(listed(commands, 'card charge')).toEqual([['Steps', ['Charge the card']]]);
  expect(listed(commands, 'nowhere')).toEqual([]);
});

test('[CMD2] of a thousand matches as many are listed as can be looked over', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => command(`Step ${index}`, { isOneOfMany: true }));
  expect(listed(many, 'step 7')[0]![1]).toHaveLength(8);
});
