/**
 * Signing in by the OpenID Connect provider (provider.ts). Who may come in is decided here: people who have an account or
 * an invitation for an address that the provider has verified, and, if the operator named domains, people of those. Roles
 * come from the account, the invitation or the operator, never from the provider.
 *
 * What one sign-in is checked against is kept for ten minutes in a row that is used once; a cookie ties it to the browser
 * that began. Every answer of the second step is a redirect: to where the person was going, or to the page of sign-ins
 * with the reason.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { z } from 'zod';
import { ownPath } from '@/app/_contract/own-path';
import type { StartWithProvider, StartedWithProvider } from '@/app/_contract/people';
import { pages } from '@/app/_contract/routes';
import { readJson } from '@/engine/flow/values/json';
import { visibleText } from '@/engine/flow/values/text';
import type { Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { failureOf, Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import { knownGrants, readPerson } from './person';
import type { Begun, Identity, Provider } from './provider';

type Door = Pick<Web, 'auth' | 'config' | 'database' | 'invalidations' | 'limits' | 'log' | 'provider'>;

const TIME_S = 10 * 60;
/** For each address, at both steps. */
const ADDRESS_LIMIT = { window: 60, max: 30 };
export const PROVIDER_ID = 'oidc';
const rowOf = (state: string) => `provider-${digest(state)}`;
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

interface Kept extends Begun {
  back: string;
  /** Digest of the cookie. */
  browser: string;
}

/** Throws `refused` if no provider is configured, `providerAway`, `tooManyTries`. */
export async function startWithProvider(web: Door, request: Request, { back }: StartWithProvider): Promise<Response> {
  const provider = demandProvider(web);
  await limit(web, request);
  const { url, ...begun } = await provider.begin();
  const cookie = await cookieOf(web);
  // Two tabs of one browser can begin at the same time.
  const browser = cookie.read(request.headers) ?? randomBytes(24).toString('base64url');
  const kept: Kept = { ...begun, back: ownPath(back), browser: digest(browser) };
  const expiresAt = new Date(Date.now() + TIME_S * 1_000);
  const value = await symmetricEncrypt({ key: await keyOf(web), data: JSON.stringify(kept) });
  await web.database.verification.deleteMany({
    where: { identifier: { startsWith: 'provider-' }, expiresAt: { lt: new Date() } },
  });
  await web.database.verification.create({
    data: { id: randomUUID(), identifier: rowOf(begun.state), value, expiresAt },
  });
  const answer = Response.json({ url } satisfies StartedWithProvider, { headers: { 'cache-control': 'no-store' } });
  answer.headers.append('set-cookie', cookie.write(browser));
  return answer;
}

/** The browser came back. Never throws: the answer is a redirect. */
export async function finishWithProvider(web: Door, request: Request): Promise<Response> {
  let back = '/';
  try {
    const provider = demandProvider(web);
    await limit(web, request);
    const answer = new URL(request.url).searchParams;
    const kept = await takeKept(web, request.headers, answer.get('state') ?? '');
    back = kept.back;
    const identity = await provider.finish(answer, kept).catch((error: unknown) => {
      web.log.warn({ err: error, from: request.headers.get(CLIENT_HEADER) }, 'a sign-in by the provider was refused');
      throw error;
    });
    const personId = await admit(web, request, identity);
    const begun = await web.auth.api.beginSession({
      body: { personId, via: 'provider' },
      headers: request.headers,
      asResponse: true,
    });
    if (begun.status !== 200) throw new Error(`a session could not begin: ${begun.status}`);
    return to(back, begun.headers.getSetCookie());
  } catch (error) {
    return to(pages.signIn(back, failureOf(error, web.log).code), []);
  }
}

function demandProvider({ provider }: Door): Provider {
  if (!provider) throw new Refusal('refused', 'No provider to sign in with is configured here.');
  return provider;
}

const limit = (web: Door, { headers }: Request) =>
  web.limits.demand(`provider:${headers.get(CLIENT_HEADER)}`, ADDRESS_LIMIT, 'from this address');

/** What was kept for this state, once. Throws `providerRefused`. */
async function takeKept(web: Door, headers: Headers, state: string): Promise<Kept> {
  const where = { identifier: rowOf(state), expiresAt: { gt: new Date() } };
  const row = await web.database.verification.findFirst({ where });
  const { count } = row ? await web.database.verification.deleteMany({ where: { id: row.id } }) : { count: 0 };
  const browser = (await cookieOf(web)).read(headers);
  if (!row || count === 0 || browser === null) throw over();
  const kept = readJson(await symmetricDecrypt({ key: await keyOf(web), data: row.value })) as Kept;
  if (kept.browser !== digest(browser)) throw over();
  return kept;
}
const over = () =>
  new Refusal('providerRefused', 'This sign-in took too long, was finished already, or began in another browser.');

/** Returns the person's id. The sign-in, or why it was refused, is in the audit trail. */
async function admit(web: Door, { headers }: Request, identity: Identity): Promise<string> {
  const from = headers.get(CLIENT_HEADER);
  const via = 'OpenID Connect';
  const known = await findPerson(web, identity);
  const email = known?.email ?? identity.email;
  const target = email ?? identity.subject;
  // The id of the account that is made now, so that the row of a first sign-in is that of the person.
  const id = known?.id ?? randomUUID();
  // Nobody can choose the name of somebody else in the audit trail: a stranger is called by the address.
  const actor = { id, name: known?.name ?? target, via, from };
  const details = { subject: identity.subject };
  return audited(web, actor, { operation: 'people.signIn', target, details }, async () => {
    const personId = known?.linked ? known.id : await link(web, identity, known, { id, via, from });
    if (!(await readPerson(web, personId))) throw new Refusal('deactivated', 'This account was deactivated.');
    return personId;
  });
}

const accountId = ({ issuer, subject }: Identity) => `${issuer} ${subject}`;

interface Known {
  id: string;
  name: string;
  email: string;
  /** The provider's account belongs to this person already. */
  linked: boolean;
}

async function findPerson({ database }: Door, identity: Identity): Promise<Known | null> {
  const account = await database.account.findFirst({
    where: { providerId: PROVIDER_ID, accountId: accountId(identity) },
    include: { user: true },
  });
  if (account) return { ...account.user, linked: true };
  if (identity.email === null || !identity.emailVerified) return null;
  const person = await database.user.findUnique({ where: { email: identity.email } });
  return person && { ...person, linked: false };
}

/** Connects the provider's account with the person, or makes an account with this id. Throws if neither may be. */
async function link(
  web: Door,
  identity: Identity,
  known: Known | null,
  { id, via, from }: { id: string; via: string; from: string | null }
): Promise<string> {
  const email = z.email().max(320).safeParse(identity.email).data?.toLowerCase();
  if (!email) throw new Refusal('emailUnverified', 'The provider gave no e-mail address.');
  if (!identity.emailVerified) throw new Refusal('emailUnverified', `The provider has not verified ${email}.`);
  const account = { id: randomUUID(), providerId: PROVIDER_ID, accountId: accountId(identity) };
  if (known) {
    const other = await web.database.account.findFirst({ where: { userId: known.id, providerId: PROVIDER_ID } });
    // Addresses are given to new employees; accounts at the provider are not.
    if (other) throw new Refusal('providerRefused', 'This account belongs to somebody else at the provider.');
    const actor = { id: known.id, name: known.name, via, from };
    await audited(web, actor, { operation: 'people.linkProvider', target: email }, () =>
      web.database.account.create({ data: { ...account, userId: known.id } })
    );
    return known.id;
  }
  const invitation = await web.database.entryLink.findFirst({
    where: { kind: 'invite', email, usedAt: null, withdrawnAt: null, expiresAt: { gt: new Date() } },
    orderBy: { createdAt: 'desc' },
  });
  const { domains = [], role = null } = web.config.oidc ?? {};
  const isOfDomain = domains.includes(email.slice(email.lastIndexOf('@') + 1));
  if (!invitation && !isOfDomain)
    throw new Refusal('notInvited', `There is no account and no invitation for ${email}.`);

  const name = (invitation?.name || visibleName(identity.name) || email).slice(0, 120);
  const actor = { id, name, via, from };
  await audited(
    web,
    actor,
    { operation: 'people.accept', target: email, details: { link: invitation?.id ?? null } },
    () =>
      web.database.$transaction(async (transaction) => {
        if (invitation) await useUp(transaction, invitation.id, id);
        const named = invitation?.groups ?? [];
        const groups = await transaction.personGroup.findMany({ where: { name: { in: named } } });
        const grants = invitation ? knownGrants(invitation.grants) : role ? [{ role }] : [];
        await transaction.user.create({
          data: {
            id,
            email,
            name,
            emailVerified: true,
            accounts: { create: account },
            grants: { create: grants },
            memberships: { create: groups.map((group) => ({ groupName: group.name })) },
          },
        });
      })
  );
  web.invalidations.announce(['people']);
  return id;
}

async function useUp(transaction: Prisma.TransactionClient, id: string, personId: string): Promise<void> {
  const { count } = await transaction.entryLink.updateMany({
    where: { id, usedAt: null, withdrawnAt: null },
    data: { usedAt: new Date(), personId },
  });
  if (count === 0) throw new Refusal('linkUsed', 'The invitation was used or withdrawn just now.');
}

/** A name with an invisible character could read like that of somebody else. */
const visibleName = (name: string | null): string => {
  const trimmed = name?.trim() ?? '';
  return visibleText(trimmed) === trimmed && !/[\t\n]/.test(trimmed) ? trimmed : '';
};

async function cookieOf({ auth }: Door) {
  const { name, attributes } = (await auth.$context).createAuthCookie('provider', { maxAge: TIME_S });
  const secure = attributes.secure ? '; Secure' : '';
  return {
    read(headers: Headers): string | null {
      const pairs = headers.get('cookie')?.split(/;\s*/) ?? [];
      const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
      return /^[\w-]{32}$/.test(value) ? value : null;
    },
    write: (value: string) => `${name}=${value}; Path=/; Max-Age=${TIME_S}; HttpOnly; SameSite=Lax${secure}`,
  };
}

const keyOf = async ({ auth }: Door) => (await auth.$context).secretConfig;

/** `path`: of this Backstitch. */
function to(path: string, cookies: readonly string[]): Response {
  const answer = new Response(null, { status: 303, headers: { location: path, 'cache-control': 'no-store' } });
  for (const cookie of cookies) answer.headers.append('set-cookie', cookie);
  return answer;
}
