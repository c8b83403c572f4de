/** [ALR1] Alerts that ended, and silences that are over, are kept for KEPT_MS. */
import type { Web } from '../web';

const KEPT_MS = 90 * 24 * 60 * 60_000;

/** Resolves to the number of alerts that were removed. */
export async function removeOldAlerts({ database }: Pick<Web, 'database'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_MS);
  await database.alertSilence.deleteMany({ where: { until: { lt: before } } });
  const { count } = await database.alert.deleteMany({
    where: { resolvedAt: { lt: before }, changes: { lte: database.alert.fields.toldChanges } },
  });
  return count;
}
