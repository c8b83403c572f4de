/** [MI] Which part the live sign names. */
import { expect, test } from 'vitest';
import type { Health, LinkState } from '@/app/_contract/live';
import { missingOf } from './use-missing';

const up: LinkState = {
  link: 'live',
  upstream: 'live',
  parts: { database: 'up', engine: 'up' },
  lastHeardMs: 0,
};
const health = (database: Health['database']): Health => ({ ok: true, database, engine: 'up', version: '0' });

test.each<[string, LinkState, Health | undefined, ReturnType<typeof missingOf>]>([
  ['everything is there', up, undefined, null],
  ['nothing is known yet', { ...up, link: 'connecting' }, undefined, null],
  [
    'the engine is stopped, on a page that watches no run',
    { ...up, parts: { database: 'up', engine: 'away' } },
    undefined,
    'engine',
  ],
  ['the engine does not answer for a watched run', { ...up, upstream: 'engineAway' }, undefined, 'engine'],
  [
    'the database is away, and the engine with it',
    { ...up, parts: { database: 'away', engine: 'away' } },
    undefined,
    'database',
  ],
  [
    'the disk of the database is full',
    { ...up, parts: { database: 'cannotWrite', engine: 'up' } },
    undefined,
    'cannotWrite',
  ],
  ['the socket is down and nothing answers', { ...up, link: 'cut' }, undefined, 'link'],
  ['the socket is down because the database is away', { ...up, link: 'cut' }, health('away'), 'database'],
  ['the socket is down and the rest is well', { ...up, link: 'cut' }, health('up'), 'link'],
])('[MI1] %s', (_what, link, answer, missing) => {
  expect(missingOf(link, answer)).toBe(missing);
});
