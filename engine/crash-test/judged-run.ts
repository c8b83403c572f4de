/** A run at the end, with what its ledger says. Pure. */
import type { FlowManifest } from '../flow/manifest';
import type { HistoryEvent } from '../history';
import { eventsFromHistory } from '../run-view/events-from-history';
import { LATE_ANSWERS, readLateAnswers } from '../run-view/late-answers';
import { ledgerOf, NOTHING_BESIDE } from '../run-view/ledger';
import type { LedgerEntry, RunEvent } from '../run-view/model';
import { PASSED_ON, readPassedOn } from '../run-view/passed-on';
import { readRecords } from '../run-view/records';
import { remaining } from '../run-view/remaining';
import { fieldsOf } from '../run-view/fields';
import type { FoundRun } from './proof';

export interface Judgement {
  view: readonly RunEvent[];
  entries: readonly LedgerEntry[];
  /** The idempotency key of each of its own calls that have an effect, by activity id. */
  keys: ReadonlyMap<string, string>;
  children: readonly { stepId: string; runIds: readonly string[] }[];
  /** The run that it continues, with all effects of that one; '' for none. */
  continues: string;
  /** What its row in lists has to say, by its history. */
  rest: { SagaPhase: string | null; SagaStanding: number };
}

export type JudgedRun = FoundRun & Judgement;

/** `manifest`: null for a workflow that is no flow. */
export function judged<Run extends Pick<FoundRun, 'events' | 'searchAttributes'>>(
  run: Run,
  manifest: FlowManifest | null
): Run & Judgement {
  const view = eventsFromHistory({ events: run.events });
  const continues = run.events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  if (!manifest) {
    const rest = { SagaPhase: null, SagaStanding: 0 };
    return { ...run, view, entries: [], keys: new Map(), children: [], continues, rest };
  }
  const { [PASSED_ON]: passedOn, [LATE_ANSWERS]: lateAnswers } = run.searchAttributes;
  const beside = {
    ...NOTHING_BESIDE,
    passedOn: readPassedOn(passedOn),
    lateAnswers: readLateAnswers(lateAnswers),
  };
  const { phase, standing } = remaining(view, manifest, beside);
  const { activities, children } = readRecords(view);
  const hasEffect = new Set(
    activities.flatMap(({ activityId, parsed }) =>
      parsed?.role === 'do' && manifest.nodes[parsed.nodeId]?.effect !== 'none' ? [activityId] : []
    )
  );
  return {
    ...run,
    view,
    entries: ledgerOf(view, manifest, beside).entries,
    keys: new Map([...keysIn(view)].filter(([activityId]) => hasEffect.has(activityId))),
    continues,
    children: children.map(({ stepId, runId, lastRunId }) => ({
      stepId,
      runIds: [...new Set([runId, lastRunId])].filter((each) => each !== null),
    })),
    rest: { SagaPhase: phase, SagaStanding: standing },
  };
}

/** The keys that a run has sent with its calls, by activity id. */
export function keysIn(view: readonly RunEvent[]): Map<string, string> {
  const keys = new Map<string, string>();
  for (const { type, attributes } of view) {
    if (type !== 'ActivityTaskScheduled') continue;
    const { activityId, input } = fieldsOf(attributes);
    const { idempotencyKey } = fieldsOf(Array.isArray(input) ? input[1] : null);
    if (typeof activityId === 'string' && typeof idempotencyKey === 'string') keys.set(activityId, idempotencyKey);
  }
  return keys;
}

export const keysOfHistory = (events: readonly HistoryEvent[]): string[] => [
  ...keysIn(eventsFromHistory({ events })).values(),
];

/** Signals that were acknowledged, by their request ids, and are not recorded once in the runs of a chain; in words. */
export function signalFaults(chain: readonly JudgedRun[], requestIds: readonly string[]): string[] {
  const heard = chain.flatMap(({ events }) =>
    events.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.requestId ?? [])
  );
  return requestIds.flatMap((requestId) => {
    const times = heard.filter((each) => each === requestId).length;
    return times === 1 ? [] : [`the signal ${requestId} was acknowledged and is recorded ${times} times`];
  });
}
