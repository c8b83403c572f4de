/**
 * Large answers are written in different turns of the event loop. Eight people who open a run of 40 MB at once would
 * otherwise stop the process for seconds: for everybody else, and for the launcher, which replaces a process that does
 * not answer.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Writing that takes longer, together with what was written before in the same turn, ends the turn. */
const TURN_MS = 20;

let spentMs = 0;
let isReset = false;

/** Calls `write`, in this turn if there was little to write in it so far. */
export async function inTurn<T>(write: () => T): Promise<T> {
  while (spentMs > TURN_MS) await nextTurn();
  const fromMs = performance.now();
  try {
    return write();
  } finally {
    spentMs += performance.now() - fromMs;
    if (!isReset) {
      isReset = true;
      void nextTurn().then(() => {
        spentMs = 0;
        isReset = false;
      });
    }
  }
}
