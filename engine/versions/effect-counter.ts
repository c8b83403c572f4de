/**
 * What a closed run left behind, where its own code has not said so: `remaining` of its history, of what became known after the close,
 * and of the manifest of the revision that ran.
 */
import type pg from 'pg';
import type { FlowManifest } from '../flow/manifest';
import type { AfterClose, HistoryEvent } from '../history';
import { eventsFromHistory } from '../run-view/events-from-history';
import { remaining, type Remaining } from '../run-view/remaining';
import type { EffectCounter } from '../service/effect-counts';
import { readManifest } from './version-table';

export function effectCounter(pool: pg.Pool, knows: (workflowType: string) => boolean): EffectCounter {
  return {
    knows,
    async count(workflowType, events, afterClose) {
      const manifest = await readManifest(pool, workflowType, revisionOf(events));
      if (!manifest) throw new Error(`no version of '${workflowType}' is published`);
      const { phase, standing } = countLeft(events, manifest, afterClose);
      return { phase, standing };
    },
  };
}

export function countLeft(
  events: readonly HistoryEvent[],
  manifest: FlowManifest,
  afterClose: AfterClose | null = null
): Remaining {
  const { lateAnswers = [], settled = [] } = afterClose ?? {};
  // Who found it out, and why, is on record where people read it; what remains does not depend on it.
  const settlements = settled.map((effect) => ({ ...effect, by: '', reason: '', atMs: 0 }));
  return remaining(eventsFromHistory({ events }), manifest, { pending: null, settlements, lateAnswers });
}

/** The revision that ran last, '' before the first workflow task completed. */
function revisionOf(events: readonly HistoryEvent[]): string {
  for (let at = events.length - 1; at >= 0; at--) {
    const completed = events[at]!.workflowTaskCompletedEventAttributes;
    if (completed) return completed.workerVersion?.buildId ?? '';
  }
  return '';
}
