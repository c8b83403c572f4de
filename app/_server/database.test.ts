/** The web's connections to its database: much to do is no outage, and a wait that fails names its cause. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/engine/store/postgres/testing/database';
import type { PrismaClient } from '@/prisma/client/client';
import { openDatabase } from './database';
import { failureOf } from './failure';

let stored: TestDatabase;
let database: PrismaClient;
beforeAll(async () => {
  stored = await createTestDatabase();
  database = openDatabase(stored.url, () => undefined);
}, 60_000);
afterAll(async () => {
  await database.$disconnect();
  await stored.drop();
});

/** Every connection is used until what this returns is called. */
async function useAll(): Promise<() => Promise<void>> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const works: Promise<void>[] = [];
  const begin = () =>
    new Promise<void>((begun, failed) => {
      const work = database.$transaction(() => (begun(), ended));
      work.catch(failed);
      works.push(work);
    });
  await Promise.all(Array.from({ length: 10 }, begin));
  return async () => {
    end();
    await Promise.allSettled(works);
  };
}

test.each([
  ['a query', async () => database.draft.count()],
  ['a transaction', () => database.$transaction(async (tx) => tx.draft.count())],
] as const)('[DBW1] %s that waits for a connection waits while others are at work', async (_, ask) => {
  const done = await useAll();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked = Array.from({ length: 30 }, ask);
  while (vi.getTimerCount() < asked.length) await turn();
  await vi.advanceTimersByTimeAsync(4_500);
  vi.useRealTimers();
  await done();
  expect(await Promise.all(asked)).toEqual(asked.map(() => 0));
});

test('[DBW2] a wait for a connection that fails is reported as that, and not as a database that is away', async () => {
  const done = await useAll();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked = database.draft.count().then(
    () => null,
    (error: unknown) => failureOf(error)
  );
  await vi.advanceTimersByTimeAsync(11_000);
  vi.useRealTimers();
  await done();
  expect(await asked).toMatchObject({ code: 'databaseAway', message: expect.stringMatching(/too much to do/) });
});
