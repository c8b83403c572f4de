/** Who may open and close tasks: the worker, by the token that its launcher shared. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebConfig } from '../config';
import { Refusal } from '../failure';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Throws `notSignedIn`. Compares digests, so that neither length nor prefix shows in the time. */
export function demandInternalToken(
  { internalToken }: Pick<WebConfig, 'internalToken'>,
  authorization: string | null
): void {
  const given = authorization?.replace(/^Bearer /i, '') ?? '';
  if (!timingSafeEqual(digest(given), digest(internalToken))) {
    throw new Refusal('notSignedIn', 'Only the worker may open and close tasks: its token is missing or wrong.');
  }
}
