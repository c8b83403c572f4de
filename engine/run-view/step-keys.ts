/**
 * Finds the call of a run to which an idempotency key belongs, so that a service's own books can be compared with the
 * run. The keys of a run are in its history: code of document format 2 makes them and sends each with its call
 * (saga/call.ts). Code of format 1 sends none; its keys are `<namespace>/<workflow id>/<run id>/<activity id>`,
 * encoded for a header.
 */
import { fieldsOf } from './fields';
import type { RunEvent } from './model';

export interface RunOfKeys {
  workflowId: string;
  runId: string;
}

/** Returns the activity id for a key of this run; null for a key of any other. */
export function keyOwner(events: readonly RunEvent[], run: RunOfKeys): (key: string) => string | null {
  const sent = new Map<string, string>();
  for (const { type, attributes } of events) {
    if (type !== 'ActivityTaskScheduled') continue;
    const { activityId, input } = fieldsOf(attributes);
    const { idempotencyKey } = fieldsOf(Array.isArray(input) ? input[1] : null);
    if (typeof idempotencyKey === 'string' && typeof activityId === 'string') sent.set(idempotencyKey, activityId);
  }
  // Run ids are unique in all namespaces.
  const named = `/${asInHeader(`${run.workflowId}/${run.runId}`)}/`;
  return (key) => {
    const at = key.indexOf(named);
    return sent.get(key) ?? (at === -1 ? null : key.slice(at + named.length));
  };
}

/** A header contains ASCII only: other characters are encoded, and '%' with them. */
const asInHeader = (text: string): string => text.replace(/[^\x21-\x7e]|%/gu, (letter) => encodeURIComponent(letter));
