/** [X] Several web processes share one Redis. Needs `redis-server` on the path; without it the tests are skipped. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DraftVisitor, DraftWatchAnswer } from '@/app/_contract/live';
import { routes as to } from '@/app/_contract/routes';
import { byName } from '@/engine/flow/values/name-order';
import { composeWeb, type ComposedWeb } from '../compose';
import { SIGN_IN_LIMIT } from '../people/auth';
import { createDraft, gestureOf, insert, send } from '../testing/drafts';
import { eventually, must, startWorld, Visitor, type TestSocket, type World } from '../testing/world';

const there = spawnSync('redis-server', ['--version']).status === 0;

describe.skipIf(!there)('two web processes', () => {
  let folder: string;
  let redis: ChildProcess;
  let world: World;
  let sibling: ComposedWeb;
  let server: Server;
  let elsewhere: string;
  const startRedis = () =>
    spawn('redis-server', ['--port', '0', '--unixsocket', path.join(folder, 'redis'), '--save', '', '--dir', folder]);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'backstitch-redis-'));
    redis = startRedis();
    world = await startWorld({ engine: false, environment: { REDIS_URL: path.join(folder, 'redis') } });
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    sibling = composeWeb(world.web.config, server);
    await world.as('operator');
  });
  afterAll(async () => {
    await sibling.close();
    await world.close();
    redis.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function connected(visitor: Visitor, url: string): Promise<TestSocket> {
    const socket = visitor.socket({}, url);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
      socket.connect();
    });
    return socket;
  }
  const signedIn = async () => {
    const visitor = new Visitor(world.origin);
    await must(visitor.signIn('operator@example.test'));
    return visitor;
  };

  test('[X1] a change in one process is sent to the browsers of the other', async () => {
    const socket = await connected(await signedIn(), elsewhere);
    const heard: string[] = [];
    socket.on('invalidate', ({ topics }) => heard.push(...topics));
    await eventually(() => {
      world.web.invalidations.announce(['inbox']);
      expect(heard).toContain('inbox');
    });
    socket.disconnect();
  });

  test('[X5] a flow that is published in one process is known in the other at once', async () => {
    const forgets = vi.spyOn(sibling.web.catalogue, 'changed');
    await eventually(() => {
      world.web.invalidations.announce(['flows']);
      expect(forgets).toHaveBeenCalled();
    });
  });

  test('[X2] signing out in one process closes the sockets in the other at once', async () => {
    const visitor = await signedIn();
    const socket = await connected(visitor, elsewhere);
    const ended = new Promise<void>((resolve) => socket.once('signedOut', () => resolve()));
    await must(visitor.post(to.signOut(), {}));
    await eventually(() => expect(socket.connected).toBe(false), 5_000);
    await ended;
  });

  test('[X4] a draft that changes in one process is announced in the other, and each shows the people of both', async () => {
    const ada = await world.as('designer');
    const { id } = await createDraft(ada);
    const [here, there] = [await connected(ada, world.origin), await connected(await signedIn(), elsewhere)];
    const numbers: number[] = [];
    const shown = { here: [] as DraftVisitor[], there: [] as DraftVisitor[] };
    there.on('draftChanged', ({ number }) => numbers.push(number));
    here.on('draftPeople', ({ people }) => (shown.here = people));
    there.on('draftPeople', ({ people }) => (shown.there = people));
    const watch = (socket: TestSocket, tab: string) =>
      new Promise<DraftWatchAnswer>((resolve) => socket.emit('watchDraft', { id, tab }, resolve));
    await watch(here, 'a');
    here.emit('presentIn', { id, tab: 'a', selected: 'charge', typing: null });
    await watch(there, 'b');
    const both = [
      { name: 'Ada designer', tab: 'a', selected: 'charge' },
      { name: 'Ada operator', tab: 'b', selected: null },
    ];
    const sorted = (people: DraftVisitor[]) => people.toSorted((a, b) => byName(a.tab, b.tab));
    await eventually(() => {
      expect(sorted(shown.here)).toMatchObject(both);
      expect(sorted(shown.there)).toMatchObject(both);
    });
    await send(ada, id, [gestureOf(insert('one'))]);
    await eventually(() => expect(numbers).toEqual([1]));
    here.disconnect();
    await eventually(() => expect(shown.there).toMatchObject([both[1]!]));
    there.disconnect();
  });

  test(
    '[X3] sign-in attempts are counted together; without Redis each counts its own',
    { timeout: 90_000 },
    async () => {
      const guess = (client: string) =>
        new Visitor(world.origin, { 'x-test-client': client }).signIn('operator@example.test', 'a guess');
      const limits = async (client: string) => {
        const codes = [];
        for (let each = 0; each <= SIGN_IN_LIMIT.max; each++) codes.push((await guess(client)).error?.code);
        return codes;
      };
      const expected = [...Array.from({ length: SIGN_IN_LIMIT.max }, () => 'wrongCredentials'), 'tooManyTries'];
      expect(await limits('10.1.0.1')).toEqual(expected);
      // The other process counts in the same Redis.
      world.provide(sibling.web);
      expect((await guess('10.1.0.1')).error?.code).toBe('tooManyTries');
      world.provide();

      redis.kill('SIGKILL');
      await once(redis, 'exit');
      expect(await limits('10.1.0.2')).toEqual(expected);
      const person = await signedIn();
      expect((await person.get(to.me())).status).toBe(200);
      // Its own browsers receive its own changes and ended sessions.
      const socket = await connected(person, world.origin);
      const heard = new Promise<void>((resolve) => socket.once('invalidate', () => resolve()));
      world.web.invalidations.announce(['inbox']);
      await heard;
      const ended = new Promise<void>((resolve) => socket.once('signedOut', () => resolve()));
      await must(person.post(to.signOut(), {}));
      await ended;
      socket.disconnect();
      redis = startRedis();
      // Redis is used again: the other process sees the attempts that are counted here.
      await eventually(async () => {
        const client = `10.1.1.${Math.floor(Math.random() * 250)}`;
        world.provide();
        await limits(client);
        world.provide(sibling.web);
        expect((await guess(client)).error?.code).toBe('tooManyTries');
      });
      world.provide();
    }
  );
});
