/**
 * Passkeys (WebAuthn). One counts as both factors: the device has checked a finger, a face or its code, which is demanded
 * (`userVerification`), and holds a key that never leaves it.
 *
 * Invariants: a challenge is used once, within five minutes, for what it was made for; only pages of this Backstitch can
 * use one (`origins`).
 */
import { createHash, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { isoBase64URL } from '@simplewebauthn/server/helpers';
import type { AddPasskey, NamePasskey, OwnPassword } from '@/app/_contract/account';
import type { SignInWithPasskey } from '@/app/_contract/people';
import { readJson } from '@/engine/flow/values/json';
import { audited } from '../audit';
import type { WebConfig } from '../config';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import { SIGN_IN_LIMIT } from './auth';
import { demandOwnPassword } from './own-password';
import { readPerson } from './person';
import type { Session } from './session';
import { signedInAnswer } from './sign-in';

type Parts = Pick<Web, 'auth' | 'config' | 'database' | 'invalidations' | 'limits' | 'log' | 'sessionEnded'>;

const TIME_MS = 5 * 60_000;
const MOST = 20;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The host for which passkeys are made; null: browsers make none for an address that is a number. */
export function passkeyHost({ webUrl }: Pick<WebConfig, 'webUrl'>): { id: string; origins: string[] } | null {
  const { hostname, origin, protocol, port } = webUrl;
  if (LOOPBACK.includes(hostname)) {
    const local = `${protocol}//localhost${port ? `:${port}` : ''}`;
    return { id: 'localhost', origins: [origin, local] };
  }
  return isIP(hostname.replace(/^\[|\]$/g, '')) ? null : { id: hostname, origins: [origin] };
}

/** Browsers use a passkey at its host only: not at another name or number of this machine. */
export function isPasskeyHost(asked: string | null, host: string | null): boolean {
  if (asked === null || host === null || !URL.canParse(`http://${asked}`)) return false;
  return new URL(`http://${asked}`).hostname === host;
}

/** For the browser, which asks the device. Throws as `demandOwnPassword`, and `refused` where there can be none. */
export async function beginPasskey(
  web: Parts,
  { actor }: Session,
  { password }: OwnPassword
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const host = demandHost(web);
  return audited(web, actor, { operation: 'people.beginPasskey', target: actor.email }, async () => {
    const message = 'No passkey was added.';
    await demandOwnPassword(web, actor, password, { at: '/password', message, what: 'to add a passkey' });
    const own = await web.database.passkey.findMany({ where: { userId: actor.id } });
    if (own.length >= MOST) throw new Refusal('refused', `You have ${MOST} passkeys already. Remove one first.`);
    const options = await generateRegistrationOptions({
      rpName: 'Backstitch',
      rpID: host.id,
      userID: new TextEncoder().encode(actor.id),
      userName: actor.email,
      userDisplayName: actor.name,
      attestationType: 'none',
      excludeCredentials: own.map(({ credentialId, transports }) => ({
        id: credentialId,
        transports: transports as AuthenticatorTransport[],
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    await keepChallenge(web, options.challenge, actor.id);
    return options;
  });
}

/** The device has just checked who it is, so this session counts as one that began with the passkey. */
export async function addPasskey(
  web: Parts,
  { actor, token }: Session,
  { name, response }: AddPasskey
): Promise<{ id: string }> {
  const host = demandHost(web);
  const details = { name };
  return audited(web, actor, { operation: 'people.addPasskey', target: actor.email, details }, async () => {
    const expectedChallenge = await takeChallenge(web, response.response, actor.id);
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as unknown as RegistrationResponseJSON,
      expectedChallenge,
      expectedOrigin: host.origins,
      expectedRPID: host.id,
      requireUserVerification: true,
    }).catch((error: unknown) => {
      throw notConfirmed(error);
    });
    if (!verified || !registrationInfo) throw notConfirmed();
    const { credential, credentialBackedUp } = registrationInfo;
    const id = randomUUID();
    await web.database.$transaction([
      web.database.passkey.create({
        data: {
          id,
          name,
          userId: actor.id,
          credentialId: credential.id,
          publicKey: credential.publicKey,
          counter: credential.counter,
          transports: credential.transports ?? [],
          synced: credentialBackedUp,
        },
      }),
      web.database.session.updateMany({ where: { token, via: null }, data: { via: 'passkey' } }),
    ]);
    web.invalidations.announce(['people']);
    return { id };
  });
}

export async function namePasskey(
  web: Parts,
  { actor }: Session,
  id: string,
  { name }: NamePasskey
): Promise<{ id: string }> {
  const details = { passkey: id, name };
  return audited(web, actor, { operation: 'people.namePasskey', target: actor.email, details }, async () => {
    const { count } = await web.database.passkey.updateMany({ where: { id, userId: actor.id }, data: { name } });
    if (count === 0) throw new Refusal('refused', 'You have no such passkey.');
    return { id };
  });
}

/** The device keeps its half, which nothing accepts any more. */
export async function removePasskey(web: Parts, { actor }: Session, id: string): Promise<{ id: string }> {
  const details = { passkey: id };
  return audited(web, actor, { operation: 'people.removePasskey', target: actor.email, details }, async () => {
    const { count } = await web.database.passkey.deleteMany({ where: { id, userId: actor.id } });
    if (count === 0) throw new Refusal('refused', 'You have no such passkey.');
    web.sessionEnded(actor.id);
    web.invalidations.announce(['people']);
    return { id };
  });
}

/** Nobody is named: the device offers the passkeys that it has for this host. */
export async function beginPasskeySignIn(web: Parts, headers: Headers): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const host = demandHost(web);
  await limit(web, headers);
  const options = await generateAuthenticationOptions({ rpID: host.id, userVerification: 'required' });
  await keepChallenge(web, options.challenge, SIGN_IN);
  return options;
}

/** The answer contains the cookie of the session. Throws `passkeyRefused`, `deactivated`, `tooManyTries`. */
export async function signInWithPasskey(
  web: Parts,
  { headers }: Request,
  { response }: SignInWithPasskey
): Promise<Response> {
  const host = demandHost(web);
  await limit(web, headers);
  const expectedChallenge = await takeChallenge(web, response.response, SIGN_IN);
  const passkey = await web.database.passkey.findUnique({
    where: { credentialId: response.id },
    include: { user: true },
  });
  if (!passkey) {
    web.log.info({ from: headers.get(CLIENT_HEADER) }, 'a sign-in by an unknown passkey was refused');
    throw new Refusal(
      'passkeyRefused',
      'Nobody has this passkey here: it was removed, or belongs to another Backstitch.'
    );
  }
  const { user } = passkey;
  const actor = { id: user.id, name: user.name, via: 'passkey', from: headers.get(CLIENT_HEADER) };
  const details = { passkey: passkey.name };
  const answer = await audited(web, actor, { operation: 'people.signIn', target: user.email, details }, async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as unknown as AuthenticationResponseJSON,
      expectedChallenge,
      expectedOrigin: host.origins,
      expectedRPID: host.id,
      requireUserVerification: true,
      credential: { id: passkey.credentialId, publicKey: passkey.publicKey, counter: passkey.counter },
    }).catch((error: unknown) => {
      throw notConfirmed(error);
    });
    if (!verified) throw notConfirmed();
    if (!(await readPerson(web, user.id))) throw new Refusal('deactivated', 'This account was deactivated.');
    await web.database.passkey.update({
      where: { id: passkey.id },
      data: { counter: authenticationInfo.newCounter, usedAt: new Date() },
    });
    return web.auth.api.beginSession({ body: { personId: user.id, via: 'passkey' }, headers, asResponse: true });
  });
  if (answer.status !== 200) throw new Error(`a session could not begin: ${answer.status}`);
  return signedInAnswer(answer, { secondStep: false });
}

/** In place of a person's id: for whoever has the passkey. */
const SIGN_IN = 'sign-in';
const rowOf = (challenge: string) => `passkey-${createHash('sha256').update(challenge).digest('base64url')}`;

async function keepChallenge({ database }: Parts, challenge: string, value: string): Promise<void> {
  const now = Date.now();
  await database.verification.deleteMany({
    where: { identifier: { startsWith: 'passkey-' }, expiresAt: { lt: new Date(now) } },
  });
  const data = { id: randomUUID(), identifier: rowOf(challenge), value, expiresAt: new Date(now + TIME_MS) };
  await database.verification.create({ data });
}

/** The challenge that the device answered, if it was made for `value` and not used yet. Throws `passkeyRefused`. */
async function takeChallenge(
  { database }: Parts,
  answered: { clientDataJSON: string },
  value: string
): Promise<string> {
  const challenge = challengeOf(answered.clientDataJSON);
  const { count } = await database.verification.deleteMany({
    where: { identifier: rowOf(challenge), value, expiresAt: { gt: new Date() } },
  });
  if (count === 0) throw new Refusal('passkeyRefused', 'This took too long, or the answer was used already.');
  return challenge;
}

function challengeOf(clientData: string): string {
  try {
    const { challenge } = readJson(isoBase64URL.toUTF8String(clientData)) as { challenge?: unknown };
    if (typeof challenge === 'string') return challenge;
  } catch {
    // The refusal below covers it.
  }
  throw notConfirmed();
}

function demandHost({ config }: Parts) {
  const host = passkeyHost(config);
  if (!host)
    throw new Refusal('refused', 'Passkeys need an address with a name. Set BACKSTITCH_WEB_URL to one, with https.');
  return host;
}

const limit = (web: Parts, headers: Headers) =>
  web.limits.demand(
    `passkey:${headers.get(CLIENT_HEADER)}`,
    { window: SIGN_IN_LIMIT.windowS, max: 2 * SIGN_IN_LIMIT.max },
    'from this address'
  );

const notConfirmed = (cause?: unknown) =>
  new Refusal('passkeyRefused', 'The device did not confirm who you are.', undefined, { cause });
