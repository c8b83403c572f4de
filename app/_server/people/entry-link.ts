/**
 * Links that can be used once: an invitation, or the choice of a new password. A link is shown to the person who
 * created it and may be mailed; the database contains only the digest of its token. The token is after the '#', so
 * that no server or proxy writes it to a log.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import type { EntryLinkView, MadeLink, OwnGrant, UseLink } from '@/app/_contract/people';
import { pages } from '@/app/_contract/routes';
import type { EntryLink, Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import { knownGrants } from './person';
import { endSessions } from './sign-in';
import { forgetTrusted } from './trusted-browsers';

const VALID_MS = 7 * 24 * 60 * 60 * 1_000;
/** A link that sets a password is as valuable as a session, so it expires. */
const RESET_VALID_MS = 24 * 60 * 60 * 1_000;
/** Maximum of attempts to open a link, for each address. */
const LINK_LIMIT = { window: 60, max: 30 };

export interface NewLink {
  kind: EntryLinkView['kind'];
  email: string;
  name: string;
  personId: string | null;
  grants: OwnGrant[];
  groups: string[];
  createdBy: string;
}

const digestOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Earlier links of this kind for the same e-mail address are invalidated: only the newest works. */
export async function makeLink(
  web: Pick<Web, 'database' | 'config' | 'mail'>,
  link: NewLink,
  { mail }: { mail: boolean }
): Promise<MadeLink> {
  const token = randomBytes(32).toString('base64url');
  const id = randomUUID();
  const expiresAt = new Date(Date.now() + (link.kind === 'invite' ? VALID_MS : RESET_VALID_MS));
  const { kind, email } = link;
  await web.database.$transaction([
    web.database.entryLink.updateMany({
      where: { kind, email, usedAt: null, withdrawnAt: null },
      data: { withdrawnAt: new Date() },
    }),
    web.database.entryLink.create({
      data: {
        ...link,
        id,
        expiresAt,
        tokenSha256: digestOf(token),
        grants: link.grants.map(({ role, flow }) => ({ role, flow })) satisfies Prisma.InputJsonArray,
      },
    }),
  ]);
  const url = `${web.config.webUrl.origin}${pages.join(token)}`;
  const mailed = mail ? await web.mail.sendLink({ kind, to: email, url, expiresAt, from: link.createdBy }) : null;
  return { id, url, email, expiresMs: expiresAt.getTime(), mailed };
}

/** The data of the page behind a link. Throws `linkUsed`, also for a link that never existed. */
export async function lookAtLink(
  web: Pick<Web, 'database' | 'limits'>,
  headers: Headers,
  token: string
): Promise<EntryLinkView> {
  const { kind, email, name, createdBy, expiresAt } = await demandLink(web, headers, token);
  return { kind: kind as EntryLinkView['kind'], email, name, createdBy, expiresMs: expiresAt.getTime() };
}

/**
 * Accepts the invitation, or sets the password. Of two concurrent calls one succeeds. Returns the e-mail address to
 * sign in with.
 */
export async function useLink(
  web: Pick<Web, 'database' | 'limits' | 'log' | 'sessionEnded' | 'invalidations'>,
  headers: Headers,
  { token, name, password }: UseLink
): Promise<{ email: string }> {
  const link = await demandLink(web, headers, token);
  const hashed = await hashPassword(password);
  const accepts = link.kind === 'invite';
  const personId = link.personId ?? randomUUID();
  const who = name || link.name || link.email;
  const actor = {
    id: personId,
    name: who,
    via: accepts ? 'invitation' : 'reset link',
    from: headers.get(CLIENT_HEADER),
  };
  const operation = accepts ? 'people.accept' : 'people.choosePassword';
  return audited(web, actor, { operation, target: link.email, details: { link: link.id } }, async () => {
    await web.database.$transaction(async (transaction) => {
      const { count } = await transaction.entryLink.updateMany({
        where: { id: link.id, usedAt: null, withdrawnAt: null },
        data: { usedAt: new Date(), personId },
      });
      if (count === 0) throw over();
      if (accepts) {
        const taken = await transaction.user.findUnique({ where: { email: link.email }, select: { id: true } });
        if (taken) throw new Refusal('linkUsed', 'There is already an account with this e-mail address. Sign in.');
        const groups = await transaction.personGroup.findMany({ where: { name: { in: link.groups } } });
        await transaction.user.create({
          data: {
            id: personId,
            email: link.email,
            name: who,
            accounts: { create: { id: randomUUID(), accountId: personId, providerId: 'credential', password: hashed } },
            grants: { create: knownGrants(link.grants) },
            memberships: { create: groups.map((group) => ({ groupName: group.name })) },
          },
        });
      } else {
        await setPassword(transaction, personId, hashed);
        await forgetTrusted(transaction, personId);
      }
    });
    if (!accepts) await endSessions(web, personId);
    web.invalidations.announce(['people']);
    return { email: link.email };
  });
}

/** [OICD2] Whom the provider signs in has no password until now. */
async function setPassword(transaction: Prisma.TransactionClient, personId: string, password: string): Promise<void> {
  const person = await transaction.user.findUnique({ where: { id: personId, deactivatedAt: null } });
  if (!person) throw over();
  const own = { userId: personId, providerId: 'credential' };
  const { count } = await transaction.account.updateMany({ where: own, data: { password } });
  if (count === 0)
    await transaction.account.create({ data: { ...own, id: randomUUID(), accountId: personId, password } });
}

async function demandLink(web: Pick<Web, 'database' | 'limits'>, headers: Headers, token: string): Promise<EntryLink> {
  await web.limits.demand(`link:${headers.get(CLIENT_HEADER)}`, LINK_LIMIT, 'from this address');
  const link = await web.database.entryLink.findUnique({ where: { tokenSha256: digestOf(token) } });
  if (!link || link.usedAt || link.withdrawnAt || link.expiresAt.getTime() < Date.now()) throw over();
  return link;
}

const over = () => new Refusal('linkUsed', 'This link was used, withdrawn or replaced, or it has expired.');
