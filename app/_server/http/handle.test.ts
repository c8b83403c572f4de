/** [H] The common behaviour of every REST handler, checked for all route files. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { routes as to } from '@/app/_contract/routes';
import { readRoutes } from '../testing/routes';
import { INTERNAL_TOKEN, startWorld, type Answer, type Visitor, type World } from '../testing/world';
import { bodyOf, open } from './handle';

let world: World;
let admin: Visitor;
/** Addresses that take a body, with parameters that name nothing. */
let changes: string[];
beforeAll(async () => {
  world = await startWorld({ engine: false });
  admin = await world.as('admin');
  changes = (await readRoutes())
    .filter(({ handlers, place }) => handlers.POST && place !== '/api/[...unknown]')
    .map(({ place }) =>
      place
        .replace('[...all]', 'sign-in/email')
        .replace('[...path]', 'flows/nothing/runs')
        .replaceAll(/\[\w+\]/g, 'nothing')
    );
});
afterAll(() => world.close());

const worker = { authorization: `Bearer ${INTERNAL_TOKEN}` };
const codes = async (answers: Promise<Answer>[]) =>
  new Set((await Promise.all(answers)).map(({ status, error }) => `${status} ${error?.code}`));

// It is proved before anything of it is read: hooks.test.ts [HKR1]. What a mail program sends is not read: settings.test.ts.
const isDelivery = (url: string) => /^\/api\/(hooks\/[^/]+\/deliver|notifications\/unsubscribe\/[^/]+)$/.test(url);

test('[HH1] a request from another site changes nothing, whoever is signed in', async () => {
  expect(changes.length).toBeGreaterThan(12);
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: world.origin.replace('http:', 'https:') },
    { origin: `${world.origin}.evil.example` },
  ])
    expect(await codes(changes.map((url) => admin.post(url, {}, { ...worker, ...headers })))).toEqual(
      new Set(['403 foreignOrigin'])
    );
  // A browser without Origin sends Sec-Fetch-Site; a program sends neither, and has no cookie of somebody else.
  const call = (headers: Record<string, string>) =>
    admin.call(to.signOut(), {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', ...headers },
    });
  for (const site of ['cross-site', 'same-site'])
    expect((await call({ 'sec-fetch-site': site })).error?.code).toBe('foreignOrigin');
  expect((await admin.get(to.me())).status).toBe(200);
});

test('[HH2] a body that is not JSON is refused as not JSON', async () => {
  // The routes of the session library answer differently, see people.test.ts.
  const own = changes.filter((url) => !url.startsWith('/api/auth/') && !isDelivery(url));
  expect(await codes(own.map((url) => admin.post(url, '{"half":', worker)))).toEqual(new Set(['400 badRequest']));
  expect(await codes(own.map((url) => admin.post(url, '', worker)))).toEqual(new Set(['400 badRequest']));
  const form = { ...worker, 'content-type': 'application/x-www-form-urlencoded' };
  expect(await codes(own.map((url) => admin.post(url, 'a=1', form)))).toEqual(new Set(['400 badRequest']));
});

test('[HH8] a number that would lose digits is refused with its place, in every part of a request', async () => {
  const own = changes.filter(
    (url) => !url.startsWith('/api/auth/') && !isDelivery(url) && !url.startsWith('/api/internal/')
  );
  for (const url of own) {
    const { status, error } = await admin.post(url, '{ "lost": [9007199254740993], "kept": 0.10 }', worker);
    expect([url, status, error?.problems?.[0]?.at]).toEqual([url, 422, '/lost/0']);
  }
});

test('[HH9] a body of ten thousand levels is refused before anything reads it', async () => {
  const own = changes.filter((url) => !url.startsWith('/api/auth/') && !isDelivery(url));
  const deep = `{"from":{"kind":"document","document":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`;
  expect(await codes(own.map((url) => admin.post(url, deep, worker)))).toEqual(new Set(['400 badRequest']));
});

test('[HH3] missing fields are named by JSON pointer', async () => {
  // Routes without a body, and routes whose fields are all optional.
  const needsNothing =
    /\/(remove|revoke|withdraw|release|deactivate|reactivate|reset-password)$|^\/api\/(alerts\/[^/]+\/acknowledge|audit\/check|account\/devices\/[^/]+\/test|chats\/[^/]+\/test|connections\/[^/]+\/test|events\/[^/]+\/(test|replace-secret)|delegations\/[^/]+\/end|drafts\/[^/]+\/(archive|unarchive)|flows\/[^/]+\/(archive|unarchive|versions\/[^/]+\/(retire|unretire)|gates\/[^/]+\/end))$/;
  const needy = changes.filter(
    (url) =>
      !url.startsWith('/api/auth/') &&
      // Its messages have a form of their own.
      url !== to.agents() &&
      !isDelivery(url) &&
      url !== to.installExample() &&
      url !== to.beginPasskeySignIn() &&
      url !== to.publish() &&
      !needsNothing.test(url)
  );
  for (const url of needy) {
    const { status, error } = await admin.post(url, {}, worker);
    expect([url, status, error?.code]).toEqual([url, 422, 'inputInvalid']);
    expect(error?.problems?.every(({ at, message }) => at.startsWith('/') && message.length > 0)).toBe(true);
  }
  expect((await admin.get(`${to.runs()}?pageSize=many`)).error).toMatchObject({
    code: 'inputInvalid',
    problems: [{ at: '/pageSize' }],
  });
});

test('[HH4] a body over three megabytes is refused before it is read, even if its length is not declared', async () => {
  const large = JSON.stringify({ document: 'x'.repeat(3 * 1024 * 1024) });
  expect(await admin.post(to.publish(), large)).toMatchObject({ status: 413, error: { code: 'payloadTooLarge' } });

  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
    },
  });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: endless, duplex: 'half' };
  await expect(
    bodyOf(new Request(`${world.origin}/api/flows`, init as RequestInit), z.unknown())
  ).rejects.toMatchObject({
    code: 'payloadTooLarge',
  });
  expect(pulled).toBeLessThan(60);
});

test('[HH5] an unexpected error is answered with a reference and nothing else', async () => {
  const broken = open(() => Promise.reject(new Error('password=hunter2 at /srv/app/secret.ts')));
  const answer = await broken(new Request(`${world.origin}/api/me`), { params: Promise.resolve(undefined) });
  expect(answer.status).toBe(500);
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({
    error: { code: 'unexpected', reference: expect.stringMatching(/^[0-9a-f]{8}$/) },
  });
  expect(text).not.toMatch(/hunter2|secret\.ts/);
});

test('[HH6] caches store no answer', async () => {
  for (const answer of await Promise.all([admin.get(to.me()), admin.get(to.inbox()), world.stranger.get(to.me())]))
    expect(answer.headers.get('cache-control')).toBe('no-store');
});
