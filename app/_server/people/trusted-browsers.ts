/** Browsers in which a sign-in needs no second factor, for 30 days. better-auth writes the rows (auth.ts). */
import type { Prisma } from '@/prisma/client/client';

const trusting = (personId: string) => ({ value: personId, identifier: { startsWith: 'trust-device-' } });

export const countTrusted = (database: Prisma.TransactionClient, personId: string): Promise<number> =>
  database.verification.count({ where: { ...trusting(personId), expiresAt: { gt: new Date() } } });

/** The next sign-in needs a code in every browser. */
export const forgetTrusted = (database: Prisma.TransactionClient, personId: string) =>
  database.verification.deleteMany({ where: trusting(personId) });
