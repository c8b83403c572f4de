/**
 * What people say to an alert: that they have it, and that nobody is to be told for a time.
 *
 * Rules
 * [ALA1] An operator does so for the flows that they operate; for what belongs to no flow, and for a whole rule, who operates
 *        everything, or all flows of the rule.
 * [ALA2] It is acknowledged by the first who says so; who says so again changes nothing. An alert that ended is not acknowledged.
 */
import type { AlertCondition, SilenceAlert } from '@/app/_contract/alerts';
import { isUuid } from '@/engine/plain-text';
import type { Operation } from '@/engine/permissions/permissions';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { titleOf } from './message';
import { ruleNotFound } from './rules';

type Acter = Pick<Web, 'database' | 'log' | 'invalidations' | 'alerts'>;

export async function acknowledgeAlert(web: Acter, actor: Actor, id: string): Promise<{ id: string; by: string }> {
  const alert = isUuid(id) ? await web.database.alert.findUnique({ where: { id } }) : null;
  if (!alert) throw new Refusal('badRequest', 'There is no such alert.');
  demand(actor, 'alerts.acknowledge', alert.flow);
  const details = { title: titleOf(alert) };
  return audited(web, actor, { operation: 'alerts.acknowledge', target: id, details }, async () => {
    const { count } = await web.database.alert.updateMany({
      where: { id, resolvedAt: null, acknowledgedAt: null },
      data: { acknowledgedAt: new Date(), acknowledgedBy: actor.name, changes: { increment: 1 } },
    });
    const now = await web.database.alert.findUnique({ where: { id } });
    if (count === 0 && !now?.acknowledgedAt) throw new Refusal('refused', 'It is over already.');
    changed(web);
    return { id, by: now?.acknowledgedBy ?? actor.name };
  });
}

/** Replaces a silence of the same rule or subject. */
export async function silenceAlert(
  web: Acter,
  actor: Actor,
  { ruleId, subject, minutes, reason }: SilenceAlert
): Promise<{ ruleId: string }> {
  const operation: Operation = 'alerts.silence';
  const rule = await web.database.alertRule.findUnique({ where: { id: ruleId } });
  if (!rule) throw ruleNotFound();
  const alert = subject === null ? null : await web.database.alert.findFirst({ where: { ruleId, subject } });
  if (subject !== null && !alert) throw new Refusal('badRequest', 'This rule has never found such a thing.');
  const flows = alert ? [alert.flow] : rule.flows.length > 0 ? rule.flows : [null];
  for (const flow of flows) demand(actor, operation, flow);
  if (minutes !== null && reason === '')
    throw new Refusal('inputInvalid', 'It was not silenced.', [{ at: '/reason', message: 'Say why.' }]);
  const what = alert ? titleOf(alert) : (rule.condition as unknown as AlertCondition).kind;
  const details = { what, minutes, reason };
  return audited(web, actor, { operation, target: alert?.id ?? ruleId, details }, async () => {
    const now = new Date();
    await web.database.$transaction(async (rows) => {
      await rows.alertSilence.updateMany({
        where: { ruleId, subject, endedAt: null, until: { gt: now } },
        data: { endedAt: now, endedBy: actor.name },
      });
      if (minutes !== null)
        await rows.alertSilence.create({
          data: {
            id: crypto.randomUUID(),
            ruleId,
            subject,
            reason,
            until: new Date(now.getTime() + minutes * 60_000),
            byName: actor.name,
            at: now,
          },
        });
      await rows.alert.updateMany({
        where: { ruleId, resolvedAt: null, ...(subject === null ? {} : { subject }) },
        data: { changes: { increment: 1 } },
      });
    });
    changed(web);
    return { ruleId };
  });
}

function changed({ invalidations, alerts }: Acter): void {
  invalidations.announce(['alerts']);
  alerts.wake();
}
