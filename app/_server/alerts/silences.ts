/** What is silent now. [ALS1] A silence of a rule is one of all that it finds; of two, the one that lasts longer is shown. */
import type { AlertSilence } from '@/app/_contract/alerts';
import type { AlertSilence as Row, Prisma } from '@/prisma/client/client';

type Reader = Pick<Prisma.TransactionClient, 'alertSilence'>;

export async function readSilences(database: Reader, ruleIds: readonly string[], now: Date): Promise<Row[]> {
  return database.alertSilence.findMany({
    where: { ruleId: { in: [...ruleIds] }, until: { gt: now }, endedAt: null },
    orderBy: { until: 'desc' },
  });
}

/** `subject`: null for a rule as a whole. */
export function silenceOf(rows: readonly Row[], ruleId: string, subject: string | null): AlertSilence | null {
  const row = rows.find((each) => each.ruleId === ruleId && (each.subject === null || each.subject === subject));
  return row
    ? { by: row.byName, reason: row.reason, untilMs: row.until.getTime(), ofRule: row.subject === null }
    : null;
}
