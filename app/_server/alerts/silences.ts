/**
 * What is silent now.
 *
 * [ALS1] A silence of a rule is one of all that it finds; of several, the one that lasts longest is shown.
 * [ALS2] Who snoozes a group of the page Attention silences the alerts about exactly this group until then, whatever rule finds
 *        it: nobody is told, they stay open, and afterwards they are told as if they had just become due.
 */
import type { AlertSilence } from '@/app/_contract/alerts';
import type { Prisma } from '@/prisma/client/client';
import type { Web } from '../web';

export interface Parts {
  config: Pick<Web['config'], 'namespace'>;
  database: Pick<Prisma.TransactionClient, 'alertSilence' | 'attentionGroup'>;
}

/** The subject of alerts about a group (conditions.ts, [ALC1]). */
export const subjectOfGroup = ({ flow, key }: { flow: string; key: string }): string => `group ${flow} ${key.trim()}`;

export class Silences {
  private constructor(
    private readonly rows: readonly (AlertSilence & { ruleId: string | null; subject: string | null })[]
  ) {}

  /** Those of these rules, and of snoozed groups. */
  static async read({ config, database }: Parts, ruleIds: readonly string[], now: Date): Promise<Silences> {
    const [silences, groups] = await Promise.all([
      database.alertSilence.findMany({ where: { ruleId: { in: [...ruleIds] }, until: { gt: now }, endedAt: null } }),
      database.attentionGroup.findMany({ where: { namespace: config.namespace, snoozedUntil: { gt: now } } }),
    ]);
    const rows = [
      ...silences.map(({ ruleId, subject, byName, reason, until }) => ({
        ruleId,
        subject,
        by: byName,
        reason,
        untilMs: until.getTime(),
        of: subject === null ? ('rule' as const) : ('subject' as const),
      })),
      ...groups.map((group) => ({
        ruleId: null,
        subject: subjectOfGroup(group),
        by: group.snoozedBy ?? '',
        reason: '',
        untilMs: group.snoozedUntil!.getTime(),
        of: 'group' as const,
      })),
    ];
    return new Silences(rows.sort((a, b) => b.untilMs - a.untilMs));
  }

  /** `subject`: null for a rule as a whole. */
  of(ruleId: string, subject: string | null): AlertSilence | null {
    const row = this.rows.find(
      (each) =>
        (each.ruleId === null || each.ruleId === ruleId) &&
        (each.subject === subject || (each.subject === null && each.ruleId !== null))
    );
    if (!row) return null;
    const { by, reason, untilMs, of } = row;
    return { by, reason, untilMs, of };
  }
}
