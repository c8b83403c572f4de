/** Where a person is signed in, and with what. Read by themselves only: a key has no sessions. */
import type { OwnAccount } from '@/app/_contract/account';
import type { Web } from '../web';
import { whyOnlyWay } from './disconnect-provider';
import { passkeyHost } from './passkeys';
import { countRecoveryCodes } from './second-factor';
import { readSecondFactorRule } from './second-factor-rule';
import type { Session } from './session';
import { PROVIDER_ID } from './sign-in-by-provider';
import { countTrusted } from './trusted-browsers';

export async function readOwnAccount(
  web: Pick<Web, 'auth' | 'config' | 'database' | 'provider'>,
  { actor, token }: Session
): Promise<OwnAccount> {
  const { database } = web;
  const [person, rows, trusted, rule] = await Promise.all([
    database.user.findUniqueOrThrow({
      where: { id: actor.id },
      select: {
        name: true,
        email: true,
        twoFactor: true,
        passkeys: true,
        accounts: { select: { password: true, providerId: true, createdAt: true } },
      },
    }),
    database.session.findMany({
      where: { userId: actor.id, expiresAt: { gt: new Date() } },
      orderBy: { updatedAt: 'desc' },
    }),
    countTrusted(database, actor.id),
    readSecondFactorRule(database),
  ]);
  const sessions = rows.map((row) => ({
    id: row.id,
    current: row.token === token,
    userAgent: row.userAgent || null,
    address: row.ipAddress || null,
    signedInMs: row.createdAt.getTime(),
    usedMs: row.updatedAt.getTime(),
    expiresMs: row.expiresAt.getTime(),
  }));
  const { name, email, accounts } = person;
  const app = person.twoFactor?.verified ? person.twoFactor : null;
  const hasPassword = accounts.some(({ password }) => password !== null);
  const connected = accounts.find(({ providerId }) => providerId === PROVIDER_ID);
  return {
    name,
    email,
    sessions: sessions.sort((a, b) => Number(b.current) - Number(a.current)),
    password: hasPassword,
    provider: connected
      ? {
          name: web.provider?.name ?? 'a provider that is not configured any more',
          connectedMs: connected.createdAt.getTime(),
          onlyWay: whyOnlyWay(hasPassword),
        }
      : null,
    secondFactorForAll: rule.forAll,
    secondFactor: { on: app !== null, recoveryCodes: app ? await countRecoveryCodes(web, app) : 0, trusted },
    passkeys: person.passkeys
      .map(({ id, name: called, synced, createdAt, usedAt }) => ({
        id,
        name: called,
        synced,
        createdMs: createdAt.getTime(),
        usedMs: usedAt?.getTime() ?? null,
      }))
      .sort((a, b) => b.createdMs - a.createdMs),
    passkeyHost: passkeyHost(web.config)?.id ?? null,
  };
}
