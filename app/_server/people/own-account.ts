/** Where a person is signed in. Read by themselves only: a key has no sessions. */
import type { OwnAccount } from '@/app/_contract/account';
import type { Web } from '../web';
import type { Session } from './session';

export async function readOwnAccount({ database }: Pick<Web, 'database'>, session: Session): Promise<OwnAccount> {
  const { actor, token } = session;
  const [person, rows] = await Promise.all([
    database.user.findUniqueOrThrow({ where: { id: actor.id }, select: { name: true, email: true } }),
    database.session.findMany({
      where: { userId: actor.id, expiresAt: { gt: new Date() } },
      orderBy: { updatedAt: 'desc' },
    }),
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
  return { ...person, sessions: sessions.sort((a, b) => Number(b.current) - Number(a.current)) };
}
