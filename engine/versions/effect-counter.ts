/**
 * What a run left behind that was closed without its code: the ledger of its history, read with the manifest of the revision that ran.
 */
import type pg from 'pg';
import type { FlowManifest } from '../flow/manifest';
import type { HistoryEvent } from '../history';
import { eventsFromHistory } from '../run-view/events-from-history';
import { ledgerOf } from '../run-view/ledger';
import type { EffectCounter } from '../service/effect-counts';
import { readManifest } from './version-table';

export function effectCounter(pool: pg.Pool, knows: (workflowType: string) => boolean): EffectCounter {
  return {
    knows,
    async count(workflowType, events) {
      const manifest = await readManifest(pool, workflowType, revisionOf(events));
      if (!manifest) throw new Error(`no version of '${workflowType}' is published`);
      return countLeft(events, manifest);
    },
  };
}

/** `left`: effects that remain or may remain. `touched`: some step had an effect, whether or not it was undone. */
export function countLeft(events: readonly HistoryEvent[], manifest: FlowManifest): { left: number; touched: boolean } {
  const { entries, left } = ledgerOf(eventsFromHistory({ events }), manifest);
  return { left, touched: entries.some(({ state }) => state !== 'notArmed') };
}

/** The revision that ran last, '' before the first workflow task completed. */
function revisionOf(events: readonly HistoryEvent[]): string {
  for (let at = events.length - 1; at >= 0; at--) {
    const completed = events[at]!.workflowTaskCompletedEventAttributes;
    if (completed) return completed.workerVersion?.buildId ?? '';
  }
  return '';
}
