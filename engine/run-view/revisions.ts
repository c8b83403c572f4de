/**
 * Which revision of its version decided what in a run: every completed workflow task carries it as its build id. Tasks
 * that carry none were decided by the first revision, when there was no other. Pure.
 */
import { parseActivityId } from './activity-id';
import type { RunEvent } from './model';

export interface RevisionSpan {
  revision: string;
  /** The completed workflow task with which it began. */
  fromEventId: number;
}

/** In order; a run on one revision has one. `first`: the first revision of the version, e.g. 'v3.0'. */
export function revisionSpans(events: readonly RunEvent[], first: string): RevisionSpan[] {
  const spans: RevisionSpan[] = [];
  for (const event of events) {
    const revision = decidedBy(event, first);
    if (revision !== null && spans.at(-1)?.revision !== revision) spans.push({ revision, fromEventId: event.id });
  }
  return spans;
}

/** The revisions that requested the activities of a step, in order and once each. */
export function revisionsOfStep(events: readonly RunEvent[], nodeId: string, first: string): string[] {
  const found = new Set<string>();
  let current = first;
  for (const event of events) {
    current = decidedBy(event, first) ?? current;
    const { activityId } = event.attributes;
    if (event.type !== 'ActivityTaskScheduled' || typeof activityId !== 'string') continue;
    if (parseActivityId(activityId)?.nodeId === nodeId) found.add(current);
  }
  return [...found];
}

function decidedBy({ type, attributes }: RunEvent, first: string): string | null {
  if (type !== 'WorkflowTaskCompleted') return null;
  const buildId = (attributes.workerVersion as { buildId?: unknown } | null | undefined)?.buildId;
  return typeof buildId === 'string' && buildId !== '' ? buildId : first;
}
