/** Alerts in words, the same on screens, in mails and in chats. Pure. */
import { durationInWords } from '@/engine/flow/values/format';
import type { AlertCondition, AlertFacts } from './alerts';

const inMinutes = (minutes: number): string => durationInWords(minutes * 60_000);

/** 'an undo fails': follows 'When '. */
export function conditionWords(condition: AlertCondition): string {
  switch (condition.kind) {
    case 'undoFailed':
      return 'an undo fails';
    case 'effectRemains':
      return 'an effect remains, or may remain';
    case 'stuck': {
      const often = condition.attempts === null ? '' : `, or more than ${condition.attempts} times`;
      return `a run is stuck, or retries a step for longer than ${inMinutes(condition.minutes)}${often}`;
    }
    case 'failureRate':
      return `more than ${condition.percent} % of at least ${condition.runs} runs fail within ${inMinutes(condition.minutes)}`;
    case 'slow': {
      const which = condition.of === 'any' ? 'a run takes' : 'more than one in twenty runs take';
      const least =
        condition.of === 'any' ? '' : `, of at least ${condition.runs} within ${inMinutes(condition.minutes)}`;
      return `${which} longer than ${durationInWords(condition.seconds * 1_000)}${least}`;
    }
    case 'slowStep': {
      const step = condition.step === '' ? 'a step' : `the step ${condition.step}`;
      const long = durationInWords(condition.seconds * 1_000);
      const within = inMinutes(condition.minutes);
      return condition.of === 'any'
        ? `${step} takes longer than ${long}, within ${within}`
        : `${step} takes longer than ${long} in more than one of twenty of at least ${condition.runs} times within ${within}`;
    }
    case 'overdue':
      return condition.minutes === 0
        ? 'an approval is overdue'
        : `an approval is overdue for ${inMinutes(condition.minutes)}`;
    case 'noWorker':
      return `no worker serves a queue, or a task waits there for longer than ${inMinutes(condition.minutes)}`;
    case 'eventsStopped':
      return `a subscription to events is stopped, or fails for longer than ${inMinutes(condition.minutes)}`;
  }
}

/** 'in any flow', 'in till and 2 others' */
export function flowsWords(flows: readonly string[]): string {
  const [first, ...others] = flows;
  if (first === undefined) return 'in any flow';
  if (others.length === 0) return `in ${first}`;
  return others.length === 1 ? `in ${first} and ${others[0]}` : `in ${first} and ${others.length} others`;
}

/** 'An undo failed: Give it back, Till' */
export function alertTitle(condition: AlertCondition, { title, stepTitle, error }: AlertFacts): string {
  const step = stepTitle === null ? '' : `${stepTitle}, `;
  const why = error === '' ? '' : ` (${error})`;
  switch (condition.kind) {
    case 'undoFailed':
      return `An undo failed: ${step}${title}${why}`;
    case 'effectRemains':
      return `Effects remain, or may remain: ${step}${title}`;
    case 'stuck':
      return `Runs do not go on: ${step}${title}${why}`;
    case 'failureRate':
      return `Many runs fail: ${title}`;
    case 'slow':
      return `Runs take long: ${title}`;
    case 'slowStep':
      return `A step takes long: ${step}${title}`;
    case 'overdue':
      return `Approvals are overdue: ${step}${title}`;
    case 'noWorker':
      return `No worker serves the queue ${title}`;
    case 'eventsStopped':
      return `Events are not delivered: ${title}`;
  }
}

const NOUNS: Partial<Record<AlertCondition['kind'], readonly [string, string]>> = {
  overdue: ['approval', 'approvals'],
  noWorker: ['task waits', 'tasks wait'],
};

/** '37 runs since 1 Dec 2026, 01:52 UTC, first in v4'. `time` writes an instant. */
export function factsWords(
  kind: AlertCondition['kind'],
  { count, firstMs, firstVersion, measured }: AlertFacts,
  time: (ms: number) => string
): string {
  const [one, many] = NOUNS[kind] ?? ['run', 'runs'];
  const counted = count === null ? [] : [`${count} ${count === 1 ? one : many}`];
  const since = firstMs === null ? '' : `since ${time(firstMs)}`;
  const what = [...counted, since].filter(Boolean).join(' ');
  return [measured, what, firstVersion === null ? null : `first in v${firstVersion}`].filter(Boolean).join(', ');
}

/** 'reminded 2' → 'Reminder 2' */
export function momentWords(moment: string): string {
  const [kind, number] = moment.split(' ');
  if (kind === 'reminded') return `Reminder ${number ?? ''}`.trim();
  return { opened: 'Opened', acknowledged: 'Acknowledged', resolved: 'Over' }[moment] ?? moment;
}
