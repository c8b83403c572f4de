/**
 * Counts the remaining effects of a closed run whose own code has not reported them: from its history, from what
 * became known after the close, and from the manifest of the revision that ran.
 */
import type pg from 'pg';
import type { FlowManifest } from '../flow/manifest';
import type { AfterClose, HistoryEvent } from '../history';
import { idOf } from '../proto-time';
import { eventsFromHistory } from '../run-view/events-from-history';
import { isLeftBehind, remaining, type Remaining } from '../run-view/remaining';
import type { EffectCounter } from '../service/effect-counts';
import { readManifest } from './version-table';

export function effectCounter(pool: pg.Pool, knows: (workflowType: string) => boolean): EffectCounter {
  return {
    knows,
    async count(workflowType, events, afterClose, resetEventId) {
      const manifest = await readManifest(pool, workflowType, revisionOf(events));
      if (!manifest) throw new Error(`no version of '${workflowType}' is published`);
      const counted = countLeft(events, manifest, afterClose);
      const { phase, standing } = resetEventId > 0 ? countOwn(counted, events, resetEventId) : counted;
      return { phase, standing };
    },
  };
}

/** Of a run that was reset: only effects of steps that it began after the point. */
function countOwn(
  { entries }: Remaining,
  events: readonly HistoryEvent[],
  resetEventId: number
): { phase: 'left-standing' | null; standing: number } {
  const handedOver = new Set<string>();
  let completed = false;
  for (const { eventId, activityTaskScheduledEventAttributes: scheduled, ...event } of events) {
    if (scheduled?.activityId && idOf(eventId) < resetEventId) handedOver.add(scheduled.activityId);
    if (event.workflowExecutionCompletedEventAttributes) completed = true;
  }
  const own = entries.filter((entry) => isLeftBehind(entry, completed) && !handedOver.has(entry.activityId));
  return own.length > 0 ? { phase: 'left-standing', standing: own.length } : { phase: null, standing: 0 };
}

export function countLeft(
  events: readonly HistoryEvent[],
  manifest: FlowManifest,
  afterClose: AfterClose | null = null
): Remaining {
  const { lateAnswers = [], settled = [] } = afterClose ?? {};
  // The author and the reason of a finding are stored where people read them. The remaining effects do not depend on
  // them.
  const settlements = settled.map((effect) => ({ ...effect, by: '', reason: '', atMs: 0 }));
  return remaining(eventsFromHistory({ events }), manifest, { pending: null, settlements, lateAnswers });
}

/** The revision that ran last; '' before the first workflow task completed. */
export function revisionOf(events: readonly HistoryEvent[]): string {
  for (let at = events.length - 1; at >= 0; at--) {
    const completed = events[at]!.workflowTaskCompletedEventAttributes;
    if (completed) return completed.workerVersion?.buildId ?? '';
  }
  return '';
}
