/**
 * Counts the remaining effects of a closed run whose own code has not reported them: from its history, from what
 * became known after the close, and from the manifest of the revision that ran.
 */
import type pg from 'pg';
import type { FlowManifest } from '../flow/manifest';
import type { AfterClose, HistoryEvent, PassedOn } from '../history';
import { eventsFromHistory } from '../run-view/events-from-history';
import { remaining, type Remaining } from '../run-view/remaining';
import type { EffectCounter } from '../service/effect-counts';
import { readManifest } from './version-table';

export function effectCounter(pool: pg.Pool, knows: (workflowType: string) => boolean): EffectCounter {
  return {
    knows,
    async count(workflowType, events, afterClose, passedOn) {
      const manifest = await readManifest(pool, workflowType, revisionOf(events));
      if (!manifest) throw new Error(`no version of '${workflowType}' is published`);
      const { phase, standing } = countLeft(events, manifest, afterClose, passedOn);
      return { phase, standing };
    },
  };
}

export function countLeft(
  events: readonly HistoryEvent[],
  manifest: FlowManifest,
  afterClose: AfterClose | null = null,
  passedOn: PassedOn | null = null
): Remaining {
  const { lateAnswers = [], settled = [] } = afterClose ?? {};
  // The author and the reason of a finding are stored where people read them. The remaining effects do not depend on
  // them.
  const settlements = settled.map((effect) => ({ ...effect, by: '', reason: '', atMs: 0 }));
  return remaining(eventsFromHistory({ events }), manifest, { pending: null, settlements, lateAnswers, passedOn });
}

/** The revision that ran last; '' before the first workflow task completed. */
export function revisionOf(events: readonly HistoryEvent[]): string {
  for (let at = events.length - 1; at >= 0; at--) {
    const completed = events[at]!.workflowTaskCompletedEventAttributes;
    if (completed) return completed.workerVersion?.buildId ?? '';
  }
  return '';
}
