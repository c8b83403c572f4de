/** How the page of alerts writes rules. The words of alerts themselves are those of mails (app/_contract/alert-words.ts). */
import type { AlertCondition, AlertRule, AlertSeverity, AlertTarget, PutAlertRule } from '@/app/_contract/alerts';
import { durationInWords } from '@/engine/flow/values/format';

export const KIND_LABELS: Record<AlertCondition['kind'], string> = {
  undoFailed: 'An undo fails',
  effectRemains: 'An effect remains, or may remain',
  stuck: 'A run is stuck, or retries a step for long',
  failureRate: 'Many runs of a flow fail',
  slow: 'Runs of a flow take long',
  slowStep: 'A step of a flow takes long',
  overdue: 'An approval is overdue',
  noWorker: 'No worker serves a queue',
  eventsStopped: 'A subscription to events is stopped',
};

export const SEVERITY_WORDS: Record<AlertSeverity, string> = {
  critical: 'Critical',
  error: 'Error',
  warning: 'Warning',
  info: 'Info',
};

/** What a new condition of this kind begins with. */
/** What only the engine of Backstitch knows of its runs (app/_server/alerts/conditions.ts). */
export const NOT_ON_CLUSTER: readonly AlertCondition['kind'][] = ['undoFailed', 'effectRemains', 'stuck', 'slowStep'];

export const FIRST: { [Kind in AlertCondition['kind']]: Extract<AlertCondition, { kind: Kind }> } = {
  undoFailed: { kind: 'undoFailed' },
  effectRemains: { kind: 'effectRemains' },
  stuck: { kind: 'stuck', minutes: 15, attempts: null },
  failureRate: { kind: 'failureRate', percent: 20, minutes: 15, runs: 10 },
  slow: { kind: 'slow', seconds: 600, of: 'p95', minutes: 60, runs: 10 },
  slowStep: { kind: 'slowStep', step: '', seconds: 60, of: 'p95', minutes: 60, runs: 10 },
  overdue: { kind: 'overdue', minutes: 60 },
  noWorker: { kind: 'noWorker', minutes: 5 },
  eventsStopped: { kind: 'eventsStopped', minutes: 30 },
};

const KIND_OF_TARGET: Record<string, string> = { group: 'group ', chat: 'chat ' };
/** 'ada, group ops' */
export function targetsWords(targets: readonly string[], known: readonly AlertTarget[]): string {
  const titles = targets.map((target) => {
    const title = known.find((each) => each.target === target)?.title ?? 'somebody who is gone';
    return `${KIND_OF_TARGET[target.slice(0, target.indexOf(' '))] ?? ''}${title}`;
  });
  return titles.join(', ');
}

/** 'at once, and again every 30 minutes' */
export function whenWords({ holdSeconds, remindMinutes }: Pick<PutAlertRule, 'holdSeconds' | 'remindMinutes'>): string {
  const first = holdSeconds === 0 ? 'at once' : `when it has held for ${durationInWords(holdSeconds * 1_000)}`;
  return remindMinutes === null
    ? first
    : `${first}, and again every ${durationInWords(remindMinutes * 60_000).replace(/^1 (?=[a-z]+$)/, '')}`;
}

/** Rules that most people want, each told to whoever makes it. */
export const suggestions = (personId: string): { title: string; rule: Omit<PutAlertRule, 'id'> }[] => {
  const base = {
    flows: [],
    targets: [`person ${personId}`],
    holdSeconds: 0,
    clearSeconds: 60,
    remindMinutes: null,
    isOn: true,
  };
  return [
    {
      title: 'Tell me when an undo fails',
      rule: { ...base, condition: FIRST.undoFailed, severity: 'critical', remindMinutes: 60 },
    },
    {
      title: 'Tell me when runs are stuck for 15 minutes',
      rule: { ...base, condition: FIRST.stuck, severity: 'error' },
    },
    {
      title: 'Tell me when approvals are overdue for an hour',
      rule: { ...base, condition: FIRST.overdue, severity: 'warning' },
    },
  ];
};

/** What a form sends to change nothing but some fields. */
export const bodyOf = (rule: AlertRule, change: Partial<PutAlertRule>): PutAlertRule => {
  const { id, condition, flows, targets, severity, holdSeconds, clearSeconds, remindMinutes, isOn } = rule;
  return { id, condition, flows, targets, severity, holdSeconds, clearSeconds, remindMinutes, isOn, ...change };
};
