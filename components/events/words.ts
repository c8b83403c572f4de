/** Words of subscriptions to events. */
import type { EventKind, EventSubscription, EventTarget } from '@/app/_contract/events';

export const KIND_WORDS: Record<EventKind, { label: string; help: string }> = {
  'run.started': { label: 'A run starts', help: 'run.started' },
  'run.changed': { label: 'A run waits, retries a step, or needs somebody', help: 'run.changed' },
  'run.closed': { label: 'A run ends', help: 'run.closed, with the number of effects that remain' },
  'flow.published': { label: 'A version of a flow is published', help: 'flow.published' },
  'flow.revised': { label: 'A revision of a version goes live', help: 'flow.revised' },
  'flow.retired': {
    label: 'A version is retired',
    help: 'flow.retired, also for each version of a flow that is archived',
  },
  'flow.restored': { label: 'A retired version starts runs again', help: 'flow.restored' },
};

export const whereOf = (target: EventTarget): string =>
  target.kind === 'webhook' ? target.address : `${target.stream}${target.at === 'own' ? ', at its own Redis' : ''}`;

export const targetWords = ({ kind }: EventTarget): string => (kind === 'webhook' ? 'Webhook' : 'Redis stream');

export function scopeWords({ flows, kinds }: Pick<EventSubscription, 'flows' | 'kinds'>, allKinds: number): string {
  const of = flows.length === 0 ? 'all flows' : flows.length <= 2 ? flows.join(', ') : `${flows.length} flows`;
  return `${kinds.length === allKinds ? 'All events' : kinds.join(', ')} of ${of}`;
}

export type StateName = 'off' | 'stopped' | 'failing' | 'on';
export const stateOf = ({ isOn, stoppedMs, failing }: EventSubscription): StateName =>
  !isOn ? 'off' : stoppedMs !== null ? 'stopped' : failing ? 'failing' : 'on';
export const STATE_WORDS: Record<StateName, string> = { off: 'Off', stopped: 'Stopped', failing: 'Failing', on: 'On' };
