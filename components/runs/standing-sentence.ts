/** The sentence under a run's header when nobody needs to do anything: what it does now, or how it ended. Pure. */
import type { RunLive } from '@/app/_contract/runs';
import type { FlowManifest } from '@/engine/flow/manifest';
import { clauseOf, failureOf } from '@/engine/flow/run/failure';
import type { Ledger, NodeState, NodeView, RunEvent, RunProjection } from '@/engine/flow/run/model';

export interface StandingSentence {
  state: NodeState;
  sentence: string;
  sinceMs: number | null;
  /** When it goes on by itself. */
  nextMs: number | null;
}

const AT_WORK: readonly NodeState[] = ['running', 'retrying', 'noWorker'];

export function standingSentence(
  live: Pick<RunLive, 'status' | 'events' | 'summary'>,
  { nodes, ledger }: RunProjection,
  manifest: FlowManifest
): StandingSentence {
  const say = (state: NodeState, sentence: string, view?: NodeView | null): StandingSentence => ({
    state,
    sentence,
    sinceMs: view?.startedMs ?? null,
    nextMs: view?.dueMs ?? null,
  });
  const title = (view: NodeView) => manifest.nodes[view.nodeId]?.title ?? view.nodeId;
  if (live.status !== 'running') return say(...endingOf(live, nodes, ledger, title));

  const views = Object.values(nodes);
  const undoing = ledger.entries.filter((entry) => entry.state === 'undoing');
  if (undoing.length > 0 || live.summary.phase === 'unwinding') {
    const what = undoing.map((entry) => entry.undoTitle ?? entry.title).join(', ');
    const left = ledger.standing > 0 ? ` ${countStanding(ledger)}.` : '';
    return say('unwinding', `Takes back what it did${what ? `: ${what}` : ''}.${left}`);
  }
  const busy = views.filter((view) => AT_WORK.includes(view.state) && manifest.nodes[view.nodeId]?.kind === 'action');
  if (busy.length > 0) return say('running', `At work: ${busy.map(title).join(', ')}.`, busy[0]);
  const timer = views.find((view) => view.state === 'waitsForTimer');
  if (timer) return say('waitsForTimer', `Waits: ${title(timer)}.`, timer);
  const signal = views.find((view) => view.state === 'waitsForSignal');
  if (signal) return say('waitsForSignal', `Waits for a signal: ${title(signal)}.`, signal);
  return say('running', 'At work.');
}

function endingOf(
  { status, events }: Pick<RunLive, 'status' | 'events'>,
  nodes: Record<string, NodeView>,
  ledger: Ledger,
  title: (view: NodeView) => string
): [NodeState, string] {
  const close = events.at(-1);
  const left = ledger.standing > 0;
  switch (status) {
    case 'completed':
      return [
        'done',
        left ? `Completed. ${countEffects(ledger)} stand${ledger.standing === 1 ? 's' : ''}, as meant.` : 'Completed.',
      ];
    case 'failed': {
      const failure = failureOf(close?.attributes.failure);
      const cause = failure?.type === 'LeftStanding' ? (failure.cause ?? failure) : failure;
      const step = Object.values(nodes)
        .filter((view) => view.failure && view.failure.message === cause?.message)
        .at(-1);
      const why = step ? `${title(step)} failed: ${clauseOf(cause)}` : clauseOf(cause);
      return [left ? 'failed' : 'undone', `${capital(why)}. ${afterFailure(ledger)}`];
    }
    case 'canceled': {
      const asked = events.findLast((event) => event.type === 'WorkflowExecutionCancelRequested');
      return ['cancelled', `Stopped${byWhom(asked)}${reasonOf(asked?.attributes.cause)}. ${afterFailure(ledger)}`];
    }
    case 'terminated': {
      const stays = left ? `${countEffects(ledger)} ${ledger.standing === 1 ? 'stays' : 'stay'}.` : 'Nothing stands.';
      return [
        'terminated',
        `Killed${byWhom(close)}${reasonOf(close?.attributes.reason)}. Nothing was undone. ${stays}`,
      ];
    }
    case 'timedOut':
      return [
        'failed',
        `Closed by a timeout of the run, without running its code. ${left ? `${countStanding(ledger)}.` : 'Nothing stands.'}`,
      ];
    case 'continuedAsNew':
      return ['done', 'Goes on as a new run.'];
    case 'running':
      return ['running', 'At work.'];
  }
}

function afterFailure(ledger: Ledger): string {
  if (ledger.standing > 0) return `${countStanding(ledger)}.`;
  const acted = ledger.entries.some((entry) => entry.state === 'undone' || entry.state === 'doneByHand');
  return acted ? 'Everything it did was taken back.' : 'It had done nothing that must be taken back.';
}

export const countEffects = ({ standing }: Ledger): string => `${standing} ${standing === 1 ? 'effect' : 'effects'}`;
const countStanding = (ledger: Ledger): string =>
  `${countEffects(ledger)} still ${ledger.standing === 1 ? 'stands' : 'stand'}`;

function byWhom(event: RunEvent | undefined): string {
  const details: unknown = Array.isArray(event?.attributes.details) ? event.attributes.details[0] : null;
  const named = typeof details === 'object' && details !== null && 'by' in details ? details.by : null;
  const by = named ?? event?.attributes.identity;
  return typeof by === 'string' && by ? ` by ${by}` : '';
}
const reasonOf = (reason: unknown): string =>
  typeof reason === 'string' && reason.trim() ? `: ${reason.trim().replace(/\.$/, '')}` : '';
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
