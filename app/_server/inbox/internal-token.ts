/** Only the worker may open and close tasks, and tell of alerts; it has a token from the launcher. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { may, type Subject } from '@/engine/permissions/permissions';
import type { WebConfig } from '../config';
import { Refusal } from '../failure';

const digest = (text: string) => createHash('sha256').update(text).digest();
const WORKER: Subject = { grants: [{ role: 'worker', flow: null }] };
const NOBODY: Subject = { grants: [] };

/**
 * Throws `notSignedIn`. Compares digests, so that the time of the comparison reveals neither the length nor a prefix.
 */
export function demandWorker(
  { internalToken }: Pick<WebConfig, 'internalToken'>,
  authorization: string | null,
  operation: 'tasks.open' | 'tasks.close' | 'alerts.tell'
): void {
  const given = authorization?.replace(/^Bearer /i, '') ?? '';
  const caller = timingSafeEqual(digest(given), digest(internalToken)) ? WORKER : NOBODY;
  if (!may(caller, operation)) {
    throw new Refusal('notSignedIn', 'Only the worker may do this: its token is missing or wrong.');
  }
}
