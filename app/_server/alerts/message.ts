/**
 * What a target is told of an alert, in the form that it takes. Pure.
 *
 * Rules
 * [ALP1] A pager gets events of PagerDuty's Events API v2: `trigger`, `acknowledge` and `resolve` with the same `dedup_key`.
 * [ALP2] A webhook gets a CloudEvent, whose id is the same for all attempts of a moment.
 * [ALP3] A message has names, counts and times, and no value of a run.
 */
import { alertTitle, factsWords } from '@/app/_contract/alert-words';
import type { AlertCondition, AlertFacts } from '@/app/_contract/alerts';
import { pages } from '@/app/_contract/routes';
import { formatMinute } from '@/engine/flow/values/format';
import { visibleText } from '@/engine/flow/values/text';
import type { Alert } from '@/prisma/client/client';
import { harmless } from '../notifications/to-chat';

const LONGEST_SUMMARY = 1_000;
const oneLine = (text: string): string => visibleText(text.replace(/\s+/g, ' ').trim()).slice(0, LONGEST_SUMMARY);

export const factsOf = ({ facts }: Pick<Alert, 'facts'>): AlertFacts => facts as unknown as AlertFacts;
export const conditionOf = ({ condition }: Pick<Alert, 'condition'>): AlertCondition =>
  condition as unknown as AlertCondition;

export const titleOf = (alert: Alert): string => oneLine(alertTitle(conditionOf(alert), factsOf(alert)));
export const wordsOf = (alert: Alert, zone = 'UTC'): string =>
  oneLine(factsWords(conditionOf(alert).kind, factsOf(alert), (ms) => formatMinute(ms, zone)));

/** 'Over: An undo failed: …' */
export function subjectOf(alert: Alert, moment: string): string {
  const [kind = ''] = moment.split(' ');
  const before = { acknowledged: 'Acknowledged: ', reminded: 'Reminder: ', resolved: 'Over: ' }[kind] ?? '';
  return `${before}${titleOf(alert)}`;
}

/** Why it ended, or who acknowledged it; '' for an opening and a reminder. */
export function whatChanged(alert: Alert, moment: string): string {
  if (moment === 'acknowledged') return `${oneLine(alert.acknowledgedBy ?? 'Somebody')} has acknowledged it.`;
  if (moment !== 'resolved') return '';
  if (alert.resolvedWhy === 'ruleRemoved') return 'Its rule was removed or switched off.';
  return alert.resolvedWhy === 'ruleChanged' ? 'Its rule was changed.' : 'It does not hold any more.';
}

export const pageOf = (alert: Alert, webUrl: URL): string => `${webUrl.origin}${factsOf(alert).page}`;
export const alertsUrl = (webUrl: URL): string => `${webUrl.origin}${pages.alerts()}`;

export function chatText(alert: Alert, moment: string, webUrl: URL): string {
  const said = [harmless(subjectOf(alert, moment)), harmless(wordsOf(alert)), whatChanged(alert, moment)];
  return [...said, pageOf(alert, webUrl)].filter(Boolean).join('\n');
}

const ACTIONS = { opened: 'trigger', acknowledged: 'acknowledge', resolved: 'resolve' } as const;

/** [ALP1] */
export function pagerEvent(alert: Alert, moment: string, routingKey: string, webUrl: URL): Record<string, unknown> {
  const action = ACTIONS[moment as keyof typeof ACTIONS] ?? 'trigger';
  const event = { routing_key: routingKey, event_action: action, dedup_key: `backstitch-${alert.id}` };
  if (action !== 'trigger') return event;
  const { title, stepTitle, error, count, firstMs, firstVersion, measured } = factsOf(alert);
  return {
    ...event,
    client: 'Backstitch',
    client_url: alertsUrl(webUrl),
    links: [{ href: pageOf(alert, webUrl), text: 'What it is about' }],
    payload: {
      summary: oneLine([titleOf(alert), wordsOf(alert)].filter(Boolean).join(' — ')),
      source: webUrl.host,
      severity: alert.severity,
      timestamp: alert.openedAt.toISOString(),
      component: alert.flow ?? title,
      class: conditionOf(alert).kind,
      custom_details: {
        flow: alert.flow,
        step: stepTitle,
        error: error || null,
        count,
        since: firstMs === null ? null : new Date(firstMs).toISOString(),
        first_version: firstVersion,
        measured,
      },
    },
  };
}

/** [ALP2] */
export function webhookEvent(alert: Alert, moment: string, webUrl: URL, now: Date) {
  const [kind = ''] = moment.split(' ');
  const { page: _, title, ...facts } = factsOf(alert);
  return {
    specversion: '1.0',
    id: `alert_${alert.id}_${moment.replace(' ', '_')}`,
    source: webUrl.href,
    type: `backstitch.alert.${kind}`,
    subject: alert.flow ?? title,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: {
      alert: alert.id,
      title: titleOf(alert),
      words: wordsOf(alert),
      severity: alert.severity,
      condition: conditionOf(alert),
      flow: alert.flow,
      of: title,
      ...facts,
      openedAt: alert.openedAt.toISOString(),
      acknowledgedBy: alert.acknowledgedBy,
      resolvedAt: alert.resolvedAt?.toISOString() ?? null,
      url: pageOf(alert, webUrl),
    },
  };
}
