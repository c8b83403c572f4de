/**
 * One look at all rules: opens alerts, and ends them.
 *
 * Rules
 * [ALE1] One alert is open for a rule and a subject, whoever looks and however often: `open_key` is unique. Its id is made of
 *        rule, subject and opening.
 * [ALE2] It opens after the condition has held for `hold_seconds`, and ends after it has not held for `clear_seconds`. Since when
 *        is in the database, so a process that is started again does not begin anew. What comes and goes in between changes
 *        nothing.
 * [ALE3] A rule that cannot be evaluated now, because a part is away, neither opens nor ends anything, and says so.
 * [ALE4] A rule that is removed or switched off ends its alerts; so does one whose condition or flows are changed. Whoever was
 *        told that they began is told that they are over.
 * [ALE5] A clock that was set back delays nothing for longer than a rule says: a time in the future counts as now.
 */
import { createHash } from 'node:crypto';
import type { AlertCondition } from '@/app/_contract/alerts';
import type { Alert, AlertRule, AlertWatch, Prisma } from '@/prisma/client/client';
import { failureOf } from '../failure';
import type { Web } from '../web';
import { Look, type Looker, type Subject } from './conditions';
import { Remembered } from './rates';

type Evaluator = Looker & Pick<Web, 'invalidations'>;

/** Resolves to true if an alert was opened, changed or ended. */
export async function evaluate(
  web: Evaluator,
  now = new Date(),
  remembered = new Remembered<Subject[]>()
): Promise<boolean> {
  const rules = await web.database.alertRule.findMany({ orderBy: { id: 'asc' } });
  const look = new Look(web, now, remembered);
  const changed: boolean[] = [];
  for (const rule of rules.filter(({ isOn }) => isOn)) changed.push(await evaluateRule(web, look, rule));
  const ended = await endOrphans(web, rules, now);
  const hasChanged = ended || changed.includes(true);
  if (hasChanged) web.invalidations.announce(['alerts']);
  return hasChanged;
}

async function evaluateRule(web: Evaluator, look: Look, rule: AlertRule): Promise<boolean> {
  let found: Subject[];
  try {
    found = await look.find(rule.condition as unknown as AlertCondition, rule.flows);
  } catch (error) {
    const { message } = failureOf(error);
    web.log.debug({ failure: message, rule: rule.id }, 'a rule cannot be evaluated now');
    return noteProblem(web, rule, message);
  }
  const isMended = await noteProblem(web, rule, null);
  const hasChanged = await web.database.$transaction(async (rows) => {
    // Whoever changes or removes the rule has done so before, or waits.
    const [current] = await rows.$queryRaw<{ changedAt: Date; isOn: boolean }[]>`
      SELECT changed_at AS "changedAt", is_on AS "isOn" FROM app.alert_rule WHERE id = ${rule.id}::uuid FOR UPDATE`;
    if (!current?.isOn || current.changedAt.getTime() !== rule.changedAt.getTime()) return false;
    const [watches, open] = await Promise.all([
      rows.alertWatch.findMany({ where: { ruleId: rule.id } }),
      rows.alert.findMany({ where: { ruleId: rule.id, resolvedAt: null } }),
    ]);
    const isFound = await noteFound(rows, rule, found, watches, open, look.now);
    const isGone = await noteGone(rows, rule, found, watches, open, look.now);
    return isFound || isGone;
  });
  return hasChanged || isMended;
}

async function noteProblem({ database }: Evaluator, { id, problem }: AlertRule, now: string | null): Promise<boolean> {
  if (problem === now) return false;
  await database.alertRule.updateMany({ where: { id }, data: { problem: now } });
  return true;
}

type Rows = Prisma.TransactionClient;
const secondsSince = (at: Date, now: Date): number => (now.getTime() - at.getTime()) / 1_000;

async function noteFound(
  rows: Rows,
  rule: AlertRule,
  found: readonly Subject[],
  watches: readonly AlertWatch[],
  open: readonly Alert[],
  now: Date
): Promise<boolean> {
  let hasChanged = false;
  for (const each of found) {
    const { subject } = each;
    const alert = open.find((one) => one.subject === subject);
    const facts = each.facts as unknown as Prisma.InputJsonObject;
    const watch = watches.find((one) => one.subject === subject);
    // [ALE5]
    const since = watch && watch.since <= now && (watch.goneAt === null || alert) ? watch.since : now;
    await rows.alertWatch.upsert({
      where: { ruleId_subject: { ruleId: rule.id, subject } },
      create: { ruleId: rule.id, subject, since },
      update: { since, goneAt: null },
    });
    if (alert) {
      const isOther = JSON.stringify(sorted(alert.facts)) !== JSON.stringify(sorted(facts));
      if (isOther) await rows.alert.update({ where: { id: alert.id }, data: { facts } });
      hasChanged ||= isOther;
    } else if (secondsSince(since, now) >= rule.holdSeconds) {
      await rows.alert.create({ data: openingOf(rule, each, facts, now) });
      hasChanged = true;
    }
  }
  return hasChanged;
}

/** jsonb has an order of its own. */
const sorted = (value: unknown) => Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));

/** [ALE1] */
function openingOf(rule: AlertRule, { subject, flow }: Subject, facts: Prisma.InputJsonObject, openedAt: Date) {
  const openKey = `${rule.id} ${subject}`;
  return {
    id: idOf(`${openKey} ${openedAt.getTime()}`),
    ruleId: rule.id,
    openKey,
    subject,
    flow,
    condition: rule.condition as Prisma.InputJsonObject,
    severity: rule.severity,
    targets: rule.targets,
    remindMinutes: rule.remindMinutes,
    facts,
    openedAt,
  };
}

/** A UUID (version 8, RFC 9562) of a text. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)];
  return parts.join('-');
}

async function noteGone(
  rows: Rows,
  rule: AlertRule,
  found: readonly Subject[],
  watches: readonly AlertWatch[],
  open: readonly Alert[],
  now: Date
): Promise<boolean> {
  const isFound = new Set(found.map(({ subject }) => subject));
  let hasChanged = false;
  const known = new Set([...watches, ...open].map(({ subject }) => subject));
  for (const subject of [...known].filter((each) => !isFound.has(each))) {
    const watch = watches.find((one) => one.subject === subject);
    const alert = open.find((one) => one.subject === subject);
    // [ALE5]
    const goneAt = watch?.goneAt && watch.goneAt <= now ? watch.goneAt : now;
    const isOver = !alert || secondsSince(goneAt, now) >= rule.clearSeconds;
    if (isOver) await rows.alertWatch.deleteMany({ where: { ruleId: rule.id, subject } });
    else
      await rows.alertWatch.upsert({
        where: { ruleId_subject: { ruleId: rule.id, subject } },
        create: { ruleId: rule.id, subject, since: alert.openedAt, goneAt },
        update: { goneAt },
      });
    if (!alert || !isOver) continue;
    await endAlerts(rows, { id: alert.id }, 'ended', now);
    hasChanged = true;
  }
  return hasChanged;
}

/** [ALE4] Its run is told. Resolves to the number of alerts. */
export async function endAlerts(
  rows: Pick<Rows, 'alert'>,
  where: Prisma.AlertWhereInput,
  resolvedWhy: 'ended' | 'ruleRemoved' | 'ruleChanged',
  now: Date
): Promise<number> {
  const { count } = await rows.alert.updateMany({
    where: { ...where, resolvedAt: null },
    data: { resolvedAt: now, resolvedWhy, openKey: null, changes: { increment: 1 } },
  });
  return count;
}

/** [ALE4] For a rule that was removed by a process that ended in between, or restored away. */
async function endOrphans({ database }: Evaluator, rules: readonly AlertRule[], now: Date): Promise<boolean> {
  const on = rules.filter(({ isOn }) => isOn).map(({ id }) => id);
  const open = await database.alert.findMany({
    where: { resolvedAt: null, ruleId: { notIn: on } },
    select: { id: true, ruleId: true },
  });
  const still = await database.alertRule.findMany({
    where: { id: { in: open.map(({ ruleId }) => ruleId) }, isOn: true },
    select: { id: true },
  });
  // A rule that was made after the rules were read.
  const isOn = new Set(still.map(({ id }) => id));
  const orphans = open.filter(({ ruleId }) => !isOn.has(ruleId)).map(({ id }) => id);
  return orphans.length > 0 && (await endAlerts(database, { id: { in: orphans } }, 'ruleRemoved', now)) > 0;
}
