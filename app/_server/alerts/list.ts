/** Alerts and their rules, for the page and for Home. */
import {
  ALERT_SEVERITIES,
  MOST_ENDED_ALERTS,
  type Alert,
  type AlertCondition,
  type AlertDelivery,
  type AlertRule,
  type AlertSeverity,
  type AlertsPage,
  type OpenAlerts,
} from '@/app/_contract/alerts';
import { flowsOf, may } from '@/engine/permissions/permissions';
import { byName } from '@/engine/flow/values/name-order';
import type { Alert as Row, AlertDelivery as DeliveryRow, AlertRule as RuleRow, Prisma } from '@/prisma/client/client';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { listDestinations } from './destinations';
import { conditionOf, factsOf } from './message';
import { Silences } from './silences';
import { listTargets } from './targets';

type Lister = Pick<Web, 'database' | 'catalogue' | 'config' | 'mail'>;
const WEEK_MS = 7 * 24 * 60 * 60_000;
const MOST_OPEN = 200;
const IN_ORDER = {
  orderBy: [{ firstAt: 'asc' }, { moment: 'asc' }, { target: 'asc' }],
} satisfies Prisma.Alert$deliveriesArgs;

export async function listAlerts(web: Lister, actor: Actor): Promise<AlertsPage> {
  demandAnywhere(actor, 'alerts.list');
  const now = new Date();
  const { database } = web;
  const visible = visibleTo(actor);
  const include = { deliveries: IN_ORDER };
  const administers = may(actor, 'alerts.putRule');
  const [open, ended, rules, opened, versions] = await Promise.all([
    database.alert.findMany({
      where: { resolvedAt: null, ...visible },
      orderBy: { openedAt: 'desc' },
      take: MOST_OPEN,
      include,
    }),
    database.alert.findMany({
      where: { resolvedAt: { not: null }, ...visible },
      orderBy: { resolvedAt: 'desc' },
      take: MOST_ENDED_ALERTS,
      include,
    }),
    database.alertRule.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
    database.alert.groupBy({
      by: ['ruleId'],
      where: { openedAt: { gt: new Date(now.getTime() - WEEK_MS) }, ...visible },
      _count: { id: true },
    }),
    web.catalogue.listOrLast(),
  ]);
  const ruleIds = [...new Set([...rules.map(({ id }) => id), ...open.map(({ ruleId }) => ruleId)])];
  const [silences, targets, destinations] = await Promise.all([
    Silences.read(web, ruleIds, now),
    listTargets(web),
    administers ? listDestinations(web) : [],
  ]);
  const counts = new Map(opened.map(({ ruleId, _count }) => [ruleId, _count.id]));
  return {
    open: open.map((row) => alertOf(row, silences, actor)).sort(bySeverity),
    ended: ended.map((row) => alertOf(row, silences, actor)),
    rules: rules.map((row) => ruleOf(row, silences, counts.get(row.id) ?? 0, actor)),
    destinations,
    targets: administers ? targets : targetsOf(rules, targets),
    flows: [...new Set(versions.map(({ flow }) => flow))].sort(byName),
    may: { administer: administers },
    mail: web.mail.configured,
    isWhole: !web.config.foreignCluster,
    readAtMs: now.getTime(),
  };
}

/** What is open and not acknowledged, for Home. */
export async function countOpenAlerts({ database }: Pick<Web, 'database'>, actor: Actor): Promise<OpenAlerts> {
  demandAnywhere(actor, 'alerts.list');
  const where = { resolvedAt: null, acknowledgedAt: null, ...visibleTo(actor) };
  const [count, newest] = await Promise.all([
    database.alert.count({ where }),
    database.alert.findFirst({ where, orderBy: { openedAt: 'desc' } }),
  ]);
  return {
    count,
    newest: newest && {
      condition: conditionOf(newest),
      facts: factsOf(newest),
      openedMs: newest.openedAt.getTime(),
    },
  };
}

function visibleTo(actor: Actor): Prisma.AlertWhereInput {
  const flows = flowsOf(actor, 'alerts.list');
  return flows === null ? {} : { flow: { in: [...flows] } };
}

/** Who may not choose sees the names that rules have. */
function targetsOf(rules: readonly RuleRow[], all: AlertsPage['targets']): AlertsPage['targets'] {
  const used = new Set(rules.flatMap(({ targets }) => targets));
  return all.filter(({ target }) => used.has(target));
}

const bySeverity = (a: Alert, b: Alert): number =>
  ALERT_SEVERITIES.indexOf(b.severity) - ALERT_SEVERITIES.indexOf(a.severity) || b.openedMs - a.openedMs;

function alertOf(row: Row & { deliveries: DeliveryRow[] }, silences: Silences, actor: Actor): Alert {
  const { id, ruleId, subject, flow, openedAt, resolvedAt, resolvedWhy, acknowledgedAt, acknowledgedBy } = row;
  return {
    id,
    ruleId,
    subject,
    flow,
    condition: row.condition as unknown as AlertCondition,
    severity: row.severity as AlertSeverity,
    facts: factsOf(row),
    openedMs: openedAt.getTime(),
    resolved: resolvedAt && {
      atMs: resolvedAt.getTime(),
      why: (resolvedWhy ?? 'ended') as NonNullable<Alert['resolved']>['why'],
    },
    acknowledged: acknowledgedAt && { by: acknowledgedBy ?? '', atMs: acknowledgedAt.getTime() },
    silenced: resolvedAt ? null : silences.of(ruleId, subject),
    may: { operate: may(actor, 'alerts.acknowledge', flow) },
    deliveries: row.deliveries.map(deliveryOf),
  };
}

function deliveryOf({
  target,
  title,
  moment,
  attempts,
  lastAt,
  deliveredAt,
  isDropped,
  message,
}: DeliveryRow): AlertDelivery {
  const unsent = isDropped ? 'dropped' : attempts > 0 && message !== '' ? 'failing' : 'waits';
  return {
    target,
    title,
    moment,
    attempts,
    atMs: (deliveredAt ?? lastAt).getTime(),
    state: deliveredAt ? 'delivered' : unsent,
    message,
  };
}

function ruleOf(row: RuleRow, silences: Silences, opened: number, actor: Actor): AlertRule {
  const { id, flows, targets, severity, holdSeconds, clearSeconds, remindMinutes, isOn, ownerName, problem } = row;
  const asked = flows.length > 0 ? flows : [null];
  return {
    id,
    condition: row.condition as unknown as AlertCondition,
    flows,
    targets,
    severity: severity as AlertSeverity,
    holdSeconds,
    clearSeconds,
    remindMinutes,
    isOn,
    owner: ownerName,
    problem,
    opened,
    silenced: silences.of(id, null),
    may: { silence: asked.every((flow) => may(actor, 'alerts.silence', flow)) },
  };
}
