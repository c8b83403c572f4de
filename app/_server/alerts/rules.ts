/** Rules of alerts, as administrators keep them. What a change does to open alerts: [ALE4] in evaluate.ts. */
import {
  MOST_ALERT_RULES,
  type AlertCondition,
  type AlertPreview,
  type PreviewAlertRule,
  type PutAlertRule,
} from '@/app/_contract/alerts';
import { alertTitle, conditionWords, factsWords, flowsWords } from '@/app/_contract/alert-words';
import { formatMinute } from '@/engine/flow/values/format';
import { isUuid } from '@/engine/plain-text';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { Look, type Looker } from './conditions';
import { endAlerts } from './evaluate';
import { pastOf } from './past';
import { listTargets } from './targets';

type Keeper = Pick<Web, 'database' | 'log' | 'invalidations' | 'alerts'>;
const WEEK_MS = 7 * 24 * 60 * 60_000;

/** Makes one, or changes the one of this id. */
export async function putAlertRule(web: Keeper, actor: Actor, rule: PutAlertRule): Promise<{ id: string }> {
  demand(actor, 'alerts.putRule');
  const { id, condition, flows, ...rest } = rule;
  const known = await web.database.alertRule.findUnique({ where: { id } });
  if (!known && (await web.database.alertRule.count()) >= MOST_ALERT_RULES)
    throw new Refusal('refused', `There are at most ${MOST_ALERT_RULES} rules.`);
  await demandTargets(web, rule, known?.targets ?? []);
  const words = `When ${conditionWords(condition)} ${flowsWords(flows)}`;
  const details = { rule: words, targets: rest.targets.length, severity: rest.severity, on: rest.isOn };
  return audited(web, actor, { operation: 'alerts.putRule', target: id, details }, async () => {
    const values = { ...rest, condition, flows, ownerName: actor.name, changedAt: new Date(), problem: null };
    await web.database.$transaction(async (rows) => {
      // The evaluation of this rule waits.
      await rows.$queryRaw`SELECT 1 FROM app.alert_rule WHERE id = ${id}::uuid FOR UPDATE`;
      await rows.alertRule.upsert({ where: { id }, create: { id, ...values }, update: values });
      const isOther =
        known !== null && (!isSame(known.condition, condition) || !isSame(known.flows.toSorted(), flows.toSorted()));
      if (isOther || !rest.isOn) {
        await rows.alertWatch.deleteMany({ where: { ruleId: id } });
        await endAlerts(rows, { ruleId: id }, rest.isOn ? 'ruleChanged' : 'ruleRemoved', new Date());
      }
    });
    changed(web);
    return { id };
  });
}

export async function removeAlertRule(web: Keeper, actor: Actor, id: string): Promise<{ id: string }> {
  demand(actor, 'alerts.removeRule');
  const row = isUuid(id) ? await web.database.alertRule.findUnique({ where: { id } }) : null;
  if (!row) throw ruleNotFound();
  const words = `When ${conditionWords(row.condition as unknown as AlertCondition)} ${flowsWords(row.flows)}`;
  return audited(web, actor, { operation: 'alerts.removeRule', target: id, details: { rule: words } }, async () => {
    await web.database.$transaction(async (rows) => {
      await rows.alertRule.deleteMany({ where: { id } });
      await rows.alertWatch.deleteMany({ where: { ruleId: id } });
      await endAlerts(rows, { ruleId: id }, 'ruleRemoved', new Date());
    });
    changed(web);
    return { id };
  });
}

/** What the rule would find now. Changes nothing. */
export async function previewAlertRule(web: Looker, actor: Actor, asked: PreviewAlertRule): Promise<AlertPreview> {
  const { condition, flows } = asked;
  demand(actor, 'alerts.putRule');
  const now = new Date();
  const [found, opened, past] = await Promise.all([
    new Look(web, now).find(condition, flows),
    web.database.alert.findMany({
      where: { openedAt: { gt: new Date(now.getTime() - WEEK_MS) } },
      select: { condition: true, flow: true },
    }),
    pastOf(web, asked, now),
  ]);
  const isMeant = (flow: string | null) => flows.length === 0 || flow === null || flows.includes(flow);
  return {
    subjects: found.map(({ facts }) => ({
      title: alertTitle(condition, facts),
      words: factsWords(condition.kind, facts, (ms) => formatMinute(ms, 'UTC')),
    })),
    past,
    opened: opened.filter((each) => isSame(each.condition, condition) && isMeant(each.flow)).length,
  };
}

/** Those of before may be gone meanwhile: a rule can still be changed. */
async function demandTargets(web: Keeper, { targets }: PutAlertRule, before: readonly string[]): Promise<void> {
  const known = new Set([...(await listTargets(web)).map(({ target }) => target), ...before]);
  const index = targets.findIndex((target) => !known.has(target));
  if (index < 0) return;
  const problems = [{ at: `/targets/${index}`, message: 'This one is not there any more. Choose another.' }];
  throw new Refusal('inputInvalid', 'The rule cannot be saved as it is.', problems);
}

export const ruleNotFound = () => new Refusal('badRequest', 'There is no such rule.');

/** jsonb has an order of its own. */
const isSame = (one: unknown, other: unknown): boolean => sortedJson(one) === sortedJson(other);
const sortedJson = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) ? value : Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1)));

function changed({ invalidations, alerts }: Keeper): void {
  invalidations.announce(['alerts']);
  alerts.wake();
}
