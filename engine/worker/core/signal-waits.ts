/** The nodes that a run names in its current details because they wait for a signal (saga/signals.ts, [SG5]). */
import { SIGNAL_WAITS } from '../../saga/contract';

const NODE = /^[a-z][a-z0-9-]{0,62}$/;
/** Lists show at most that many. */
const MOST = 20;

/** Empty for any other text: hand-written code may set its details to anything. */
export function nodesThatWait(details: string): string[] {
  if (!details.startsWith(SIGNAL_WAITS)) return [];
  return details
    .slice(SIGNAL_WAITS.length)
    .split(', ', MOST)
    .filter((node) => NODE.test(node));
}
