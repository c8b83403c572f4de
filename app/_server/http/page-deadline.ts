/**
 * One deadline for everything that a page reads. Each question has a deadline of its own, but several may follow each
 * other, and a page must not be as late as the sum of them.
 *
 * When PAGE_MS have passed since the page began, a read that is still open is answered with the name of the part that
 * does not answer. A page whose parts all answer is not cut short: it is slow because there is much to read.
 */
import type { Health } from '@/app/_contract/live';
import { Refusal } from '../failure';
import type { Web } from '../web';

export const PAGE_MS = 2_500;
/**
 * When so much has passed, the parts are asked whether they answer. They have 2 s to do so: just before the page is
 * due.
 */
const SLOW_MS = 400;

/**
 * `beganMs`: when the page began, by `performance.now()`. `asks`: what answers the read; who looks at a page is in the
 * database, so an engine that is away must not keep it from being shown.
 */
export function withinPage<T>(
  web: { health: Pick<Web['health'], 'read'> },
  beganMs: number,
  read: Promise<T>,
  asks: 'engine' | 'database' = 'engine'
): Promise<T> {
  return new Promise((resolve, reject) => {
    let health: Health | null = null;
    const until = (atMs: number) => Math.max(0, beganMs + atMs - performance.now());
    const slow = setTimeout(() => void web.health.read().then((known) => (health = known)), until(SLOW_MS));
    const due = setTimeout(() => {
      const refusal = lateBecause(health, asks);
      if (refusal) reject(refusal);
    }, until(PAGE_MS));
    read.then(resolve, reject).finally(() => {
      clearTimeout(slow);
      clearTimeout(due);
    });
  });
}

/** Null while every part answers. A health that is not known when the page is due means a part that does not answer. */
function lateBecause(health: Health | null, asks: 'engine' | 'database'): Refusal | null {
  if (health?.database === 'up' && (asks === 'database' || health.engine === 'up')) return null;
  return asks === 'database' || (health && health.database !== 'up')
    ? new Refusal('databaseAway', 'The database takes too long to answer.')
    : new Refusal('engineAway', 'The engine takes too long to answer. Runs are safe: they continue when it is back.');
}
