/** The neighbours of a run in its chain: a run that continues as new is followed by another one with the same id. */
import type { RunEvent } from './model';

interface ChainNeighbours {
  /** Run ids. Null: it is the first one, or the last one so far. */
  before: string | null;
  next: string | null;
}

export function neighboursOf(events: readonly RunEvent[]): ChainNeighbours {
  const runIdOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return {
    before: runIdOf(events[0]?.attributes.continuedExecutionRunId),
    next: runIdOf(events.at(-1)?.attributes.newExecutionRunId),
  };
}
