/**
 * The names of fields in a comparison: those that the inspector of the designer shows, so that a person finds the
 * field again. The names inside of data are the flow's own and stay as they are.
 */
import { spelled } from '@/components/words';

const FIELDS: Readonly<Record<string, string>> = {
  activity: 'what it calls',
  effect: 'what it changes',
  pivot: 'point of no return',
  options: 'retries and timeouts',
  lateCalls: 'calls that arrive late',
  settlesWithin: 'a call has settled after',
  output: 'what the answer has',
  when: 'taken if',
  while: 'condition',
  until: 'condition',
  most: 'rounds at most',
  items: 'list',
  item: 'name of an item',
  concurrency: 'items at a time',
  result: 'result of an item',
  duration: 'time',
  zone: 'time zone',
  candidates: 'who may decide',
  decisions: 'the decisions',
  howMany: 'how many of them',
  forbidStarter: 'not the person who started the run',
  candidatesFrom: 'people from the data',
  notBy: 'people who may not decide',
  notWhoDecided: 'not who decided',
  priority: 'priority',
  due: 'due time',
  remind: 'reminders',
  escalate: 'escalation',
  takeBack: 'time to take a decision back',
  requireComment: 'comment',
  onTimeout: 'if nobody decides in time',
  unwind: 'how its branches are undone',
  errorType: 'type',
  types: 'handles failures of these types',
  scope: 'effects inside',
  as: 'name of the failure in expressions',
  deadline: 'deadline of a run',
  searchable: 'searchable fields',
  neverLeavesSilently: 'no failure may leave an effect behind without asking a person',
};
/** Where the name of a field depends on what has it. */
const OF_KIND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  wait: { until: 'moment' },
  end: { output: 'what the flow returns' },
  each: { onFailure: 'the other items', most: 'items at most' },
  approval: { timeout: 'time to decide', schema: 'how it is shown' },
  waitForSignal: { timeout: 'it waits at most', when: 'accepts a signal if' },
  flow: { output: 'output', rollback: 'if an undo fails' },
};
const OPTIONS: Readonly<Record<string, string>> = {
  startToCloseTimeout: 'time for one attempt',
  scheduleToCloseTimeout: 'time for all attempts',
  scheduleToStartTimeout: 'time in the queue',
  heartbeatTimeout: 'time between heartbeats',
  retry: 'retries',
  maximumAttempts: 'attempts',
  initialInterval: 'first pause',
  backoffCoefficient: 'each pause is longer by',
  maximumInterval: 'longest pause',
  nonRetryableErrorTypes: 'failures after which it is not tried again',
};
const OF_UNDO: Readonly<Record<string, string>> = {
  title: 'what the undo is called',
  activity: 'what the undo calls',
  armed: 'from when on the undo may be needed',
  onFailure: 'if the undo fails',
};
const IF_UNKNOWN = 'what happens if it is not known whether it happened';

/** `kind`: of the node that has the field, or 'flow'. */
export function fieldWords({ path }: { path: readonly string[] }, kind?: string): string {
  const [first = '', ...inner] = path;
  if (first === 'options' && inner.length > 0) return OPTIONS[inner.at(-1)!] ?? spelled(inner.at(-1)!);
  if (first === 'undo') {
    if (inner.length === 0) return 'undo';
    return (inner.length === 1 ? OF_UNDO[inner[0]!] : undefined) ?? `${fieldWords({ path: inner })} of the undo`;
  }
  if (first === 'unknown') {
    if (inner.length === 0 || inner[0] === 'policy') return IF_UNKNOWN;
    return inner[0] === 'activity' ? 'what the look-up calls' : `${fieldWords({ path: inner })} of the look-up`;
  }
  if (kind === 'flow' && first === 'rollback') return OF_KIND.flow!.rollback!;
  return [OF_KIND[kind ?? '']?.[first] ?? FIELDS[first] ?? spelled(first), ...inner].join(' › ');
}
