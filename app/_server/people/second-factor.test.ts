/**
 * [TFA] The second factor, over real HTTP and a real PostgreSQL. The phone is the library `otpauth`, set up by the address
 * in the QR code.
 */
import { URI } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewSecondFactor, OwnAccount, RecoveryCodes } from '@/app/_contract/account';
import type { PeopleList, SignedIn } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { must, PASSWORD, startWorld, Visitor, type World } from '../testing/world';
import { ACCOUNT_LIMIT } from './sign-in';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld({ engine: false });
  admin = await world.as('admin');
}, 120_000);
afterAll(() => world.close());

let addresses = 0;
const visitor = (address = `10.3.0.${++addresses}`) => new Visitor(world.origin, { 'x-test-client': address });
const alive = async (who: Visitor) => (await who.get(to.me())).status === 200;
const account = async (who: Visitor) => (await must(who.get<OwnAccount>(to.account()))).body;
const trail = async (operation: string, target: string) =>
  (await world.web.database.auditEntry.findMany({ where: { operation, target }, orderBy: { at: 'asc' } })).map(
    ({ outcome, via, details }) => ({ outcome, via, details })
  );

/** The app on a phone. `aheadMs`: how wrong its clock is. */
class Phone {
  readonly #app;
  constructor(uri: string) {
    this.#app = URI.parse(uri);
  }
  code(aheadMs = 0): string {
    if (!('period' in this.#app)) throw new Error('the codes of this app do not depend on the time');
    return this.#app.generate({ timestamp: Date.now() + aheadMs });
  }
}
/** Codes that are not used yet: each of a later period, as if time went on, as far as a clock may be wrong. */
const PERIOD_MS = 30_000;

let people = 0;
interface Known {
  email: string;
  id: string;
  who: Visitor;
  phone: Phone;
  made: NewSecondFactor;
}
const somebody = async (): Promise<{ email: string; id: string; who: Visitor }> => {
  const name = `nia${++people}`;
  const email = `${name}@example.test`;
  const { url } = (
    await must(admin.post<{ url: string }>(to.invite(), { email, name, grants: [{ role: 'viewer', flow: null }] }))
  ).body;
  const who = visitor();
  await must(who.post(to.useLink(), { token: url.split('#')[1], password: PASSWORD }));
  await must(who.signIn(email));
  return { email, id: who.person?.id ?? '', who };
};
/** Somebody whose second factor is on. The first code, of the period before this one, is used. */
const withApp = async (): Promise<Known> => {
  const known = await somebody();
  const made = (await must(known.who.post<NewSecondFactor>(to.prepareSecondFactor(), { password: PASSWORD }))).body;
  const phone = new Phone(made.uri);
  await must(known.who.post(to.turnOnSecondFactor(), { code: phone.code(-PERIOD_MS) }));
  return { ...known, phone, made };
};
const firstStep = async (email: string, who = visitor()) => {
  const { body } = await must(who.post<SignedIn>(to.signIn(), { email, password: PASSWORD }));
  expect(body).toEqual({ secondStep: true });
  return who;
};
const secondStep = (who: Visitor, code: string, more: object = {}) =>
  who.post<SignedIn>(to.signInWithCode(), { kind: 'app', code, ...more });

test('[TFA1] it is on only after a first right code; until then nobody is asked for one', async () => {
  const { email, who } = await somebody();
  const elsewhere = visitor();
  await must(elsewhere.signIn(email));
  const wrong = await who.post(to.prepareSecondFactor(), { password: 'not this one' });
  expect(wrong.error?.problems?.[0]?.at).toBe('/password');
  await must(who.post(to.prepareSecondFactor(), { password: PASSWORD }));
  // A second tab: the key that was shown last counts.
  const made = (await must(who.post<NewSecondFactor>(to.prepareSecondFactor(), { password: PASSWORD }))).body;
  expect(made.uri).toContain(`secret=${made.key}`);
  expect(new Set(made.recoveryCodes).size).toBe(10);
  expect((await who.post(to.turnOnSecondFactor(), { code: '12345' })).error?.problems?.[0]?.at).toBe('/code');
  expect((await must(visitor().post<SignedIn>(to.signIn(), { email, password: PASSWORD }))).body.secondStep).toBe(
    false
  );
  expect(await account(who)).toMatchObject({ password: true, secondFactor: { on: false } });

  const phone = new Phone(made.uri);
  const { body } = await must(who.post<{ ended: number }>(to.turnOnSecondFactor(), { code: phone.code() }));
  expect(body.ended).toBeGreaterThanOrEqual(1);
  expect([await alive(who), await alive(elsewhere)]).toEqual([true, false]);
  expect((await account(who)).secondFactor).toEqual({ on: true, recoveryCodes: 10, trusted: 0 });
  expect((await who.post(to.prepareSecondFactor(), { password: PASSWORD })).error?.code).toBe('refused');
  expect((await trail('people.turnOnSecondFactor', email)).map(({ outcome }) => outcome)).toEqual(['done']);
});

test('[TFA2] before the second step there is no session and no recorded sign-in', async () => {
  const { email, id, phone } = await withApp();
  const sessions = () => world.web.database.session.count({ where: { userId: id } });
  const before = await sessions();
  const recorded = (await trail('people.signIn', email)).length;
  const who = await firstStep(email);
  expect([await alive(who), await sessions(), (await trail('people.signIn', email)).length]).toEqual([
    false,
    before,
    recorded,
  ]);
  // Grouped as the app shows it.
  const answer = await must(secondStep(who, phone.code().replace(/(...)/, '$1 ')));
  expect(answer.body).toEqual({ secondStep: false });
  expect([await alive(who), await sessions()]).toEqual([true, before + 1]);
  expect((await trail('people.signIn', email)).at(-1)).toEqual({
    outcome: 'done',
    via: 'password',
    details: { secondFactor: 'app', trust: false },
  });
});

test('[TFA3] a code works once, and no older one after it; a phone whose clock is 40 s wrong is let in', async () => {
  const { email, phone } = await withApp();
  const code = phone.code(40_000);
  await must(secondStep(await firstStep(email), code));
  const again = await secondStep(await firstStep(email), code);
  expect(again).toMatchObject({ status: 401, error: { code: 'wrongCode' } });
  expect(again.error?.message).toContain('was used already');
  const who = await firstStep(email);
  expect((await secondStep(who, phone.code())).error?.message).toContain('was used already');
  for (const aheadMs of [-10 * PERIOD_MS, 10 * PERIOD_MS])
    expect((await secondStep(who, phone.code(aheadMs))).error?.message).toContain('not the one that the app shows');
  expect(await alive(who)).toBe(false);
  // Of two requests with the same code at once one is let in.
  const other = await withApp();
  const tabs = [await firstStep(other.email), await firstStep(other.email)];
  const now = other.phone.code();
  const answers = await Promise.all(tabs.map((tab) => secondStep(tab, now)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  expect((await trail('people.signIn', email)).slice(-4).map(({ outcome }) => outcome)).toEqual([
    'wrongCode',
    'wrongCode',
    'wrongCode',
    'wrongCode',
  ]);
});
test('[TFA3] a phone that is 40 s late is let in too', async () => {
  const { who } = await somebody();
  const { uri } = (await must(who.post<NewSecondFactor>(to.prepareSecondFactor(), { password: PASSWORD }))).body;
  await must(who.post(to.turnOnSecondFactor(), { code: new Phone(uri).code(-40_000) }));
  expect((await account(who)).secondFactor.on).toBe(true);
});

test('[TFA4] a recovery code works once, in place of a code, and is recorded', async () => {
  const { email, made } = await withApp();
  const [first = '', second = ''] = made.recoveryCodes;
  const recover = (who: Visitor, code: string) => who.post(to.signInWithCode(), { kind: 'recovery', code });
  const who = await firstStep(email);
  // As somebody types it.
  await must(recover(who, ` ${first.replace('-', ' ').toUpperCase()}`));
  expect((await account(who)).secondFactor.recoveryCodes).toBe(9);
  expect((await recover(await firstStep(email), first)).error?.code).toBe('wrongCode');
  expect((await trail('people.useRecoveryCode', email)).map(({ outcome }) => outcome)).toEqual(['done', 'wrongCode']);
  expect((await trail('people.signIn', email)).at(-1)?.details).toMatchObject({ secondFactor: 'recovery code' });

  const renewed = (await must(who.post<RecoveryCodes>(to.renewRecoveryCodes(), { password: PASSWORD }))).body;
  expect(renewed.recoveryCodes).toHaveLength(10);
  expect((await recover(await firstStep(email), second)).error?.code).toBe('wrongCode');
  await must(recover(await firstStep(email), renewed.recoveryCodes[0] ?? ''));
});

test('[TFA5] the second step needs the first one, in the same browser, and is taken once', async () => {
  const { email, phone, made } = await withApp();
  expect((await secondStep(visitor(), phone.code())).error?.code).toBe('secondStepOver');
  const forged = new Visitor(world.origin, { 'x-test-client': '10.3.1.1', cookie: 'backstitch.two_factor=2fa-x.y' });
  expect((await secondStep(forged, phone.code())).error?.code).toBe('secondStepOver');
  // A cookie with the right name of a first step, signed by somebody else.
  const who = await firstStep(email);
  const [name, value = ''] = who.cookie.split('=');
  const resigned = `${name}=${decodeURIComponent(value).split('.')[0]}.${encodeURIComponent(btoa('x'.repeat(32)))}`;
  const thief = new Visitor(world.origin, { 'x-test-client': '10.3.1.2', cookie: resigned });
  expect((await thief.post(to.signInWithCode(), { kind: 'recovery', code: made.recoveryCodes[0] })).status).toBe(401);
  expect(await alive(thief)).toBe(false);
  // Two tabs of one browser with the same first step.
  const copy = new Visitor(world.origin, { 'x-test-client': '10.3.1.3', cookie: who.cookie });
  await must(secondStep(who, phone.code()));
  expect((await secondStep(copy, phone.code(PERIOD_MS))).error?.code).toBe('secondStepOver');
  expect(await alive(copy)).toBe(false);
});

test('[TFA6] codes are limited for each account and each address, without locking out the owner', async () => {
  const { email, phone, who: home } = await withApp();
  const homeAddress = home.given['x-test-client'];
  for (let guess = 0; guess < ACCOUNT_LIMIT.max; guess++) {
    const thief = await firstStep(email);
    expect((await secondStep(thief, '000000')).error?.code).toBe('wrongCode');
    // The passwords of the account were limited first otherwise.
    await world.web.limits.forget(await keyOf(email, 'account'));
  }
  const stopped = await secondStep(await firstStep(email), phone.code());
  expect(stopped).toMatchObject({ status: 429, error: { code: 'tooManyTries' } });
  await must(secondStep(await firstStep(email, visitor(homeAddress)), phone.code()));

  const one = visitor('10.3.9.9');
  const codes: (string | undefined)[] = [];
  for (let guess = 0; guess < 11; guess++) codes.push((await secondStep(one, '000000')).error?.code);
  expect(codes.at(0)).toBe('secondStepOver');
  expect(codes.at(-1)).toBe('tooManyTries');
}, 60_000);
const keyOf = async (email: string, what: 'account' | 'code') => {
  const { accountKey } = await import('./sign-in');
  return accountKey(world.web, what, email, '10.3.250.250');
};

test('[TFA7] a trusted browser needs no code, until trust ends: off, a new password, signed out everywhere else', async () => {
  const { email, phone, who } = await withApp();
  const browser = await firstStep(email);
  await must(secondStep(browser, phone.code(), { trust: true }));
  expect((await account(who)).secondFactor.trusted).toBe(1);
  const straight = async () => {
    await must(browser.post(to.signOut(), {}));
    return !(await must(browser.post<SignedIn>(to.signIn(), { email, password: PASSWORD }))).body.secondStep;
  };
  expect(await straight()).toBe(true);
  expect((await trail('people.signIn', email)).at(-1)?.details).toEqual({ secondFactor: 'trusted browser' });
  await must(who.post(to.endSessions(), { id: null }));
  expect((await account(who)).secondFactor.trusted).toBe(0);
  expect(await straight()).toBe(false);
  await must(secondStep(browser, phone.code(PERIOD_MS), { trust: true }));
  await must(who.post(to.changePassword(), { current: PASSWORD, password: 'a new long one' }));
  await must(who.post(to.changePassword(), { current: 'a new long one', password: PASSWORD }));
  expect(await straight()).toBe(false);
});

test('[TFA8] it is turned off with the password; an administrator takes it away from somebody else only', async () => {
  const own = await withApp();
  expect((await own.who.post(to.turnOffSecondFactor(), { password: 'wrong' })).error?.code).toBe('inputInvalid');
  await must(own.who.post(to.turnOffSecondFactor(), { password: PASSWORD }));
  expect((await must(visitor().signIn(own.email))).body).toEqual({ secondStep: false });
  expect((await own.who.post(to.turnOffSecondFactor(), { password: PASSWORD })).error?.code).toBe('refused');
  expect((await trail('people.turnOffSecondFactor', own.email)).map(({ outcome }) => outcome)).toEqual([
    'inputInvalid',
    'done',
    'refused',
  ]);

  const lost = await withApp();
  const row = async () =>
    (await must(admin.get<PeopleList>(to.people()))).body.people.find(({ id }) => id === lost.id)?.secondFactor;
  expect(await row()).toBe(true);
  expect((await own.who.post(to.removeSecondFactor(lost.id), {})).error?.code).toBe('notAllowed');
  const pending = await firstStep(lost.email);
  await must(admin.post(to.removeSecondFactor(lost.id), {}));
  expect(await row()).toBe(false);
  expect(await alive(lost.who)).toBe(true);
  // A first step from before needs to be taken again.
  expect((await secondStep(pending, lost.phone.code())).error?.code).toBe('secondStepOver');
  expect(await alive(pending)).toBe(false);
  await must(visitor().signIn(lost.email));
  expect((await admin.post(to.removeSecondFactor(lost.id), {})).error?.code).toBe('refused');
  expect((await admin.post(to.removeSecondFactor(admin.person?.id ?? ''), {})).error?.message).toContain('your own');
  expect((await trail('people.removeSecondFactor', lost.email)).map(({ outcome }) => outcome)).toEqual([
    'done',
    'refused',
  ]);
});

test('[TFA9] a deactivated person is let in by neither step', async () => {
  const { email, id, phone } = await withApp();
  const pending = await firstStep(email);
  await must(admin.post(to.deactivate(id), { reason: 'left' }));
  expect((await secondStep(pending, phone.code())).error?.code).toBe('deactivated');
  expect((await visitor().signIn(email)).error?.code).toBe('deactivated');
  expect(await alive(pending)).toBe(false);
});

test('[TFA10] the key, the codes and the recovery codes are nowhere in clear text', async () => {
  const { made, phone, email } = await withApp();
  const code = phone.code();
  await must(secondStep(await firstStep(email), code));
  const { database } = world.web;
  const stored = JSON.stringify([
    await database.twoFactor.findMany(),
    await database.verification.findMany(),
    await database.auditEntry.findMany(),
  ]);
  const key = URI.parse(made.uri).secret;
  for (const secret of [
    key.base32,
    key.utf8,
    key.hex,
    ...made.recoveryCodes,
    ...made.recoveryCodes.map((each) => each.replace('-', '')),
  ])
    expect(stored).not.toContain(secret);
  expect(stored).not.toContain(`"${code}"`);
});
