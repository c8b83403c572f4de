/** Something that the crash test plays: an order, or one of the mix. */
import type { ShopKey } from '../examples/order-fulfilment/ledger';
import type { JudgedRun } from './judged-run';

export type DeletedRun = Pick<JudgedRun, 'workflowId' | 'runId' | 'events'>;

export interface Participant {
  /** Workflow ids of its runs are this, or begin with it and a slash. */
  readonly name: string;
  /** It waits for a person who will not answer. */
  readonly waits: boolean;
  /** What it asked for, and the engine acknowledged: how often. */
  readonly kept: Readonly<Record<string, number>>;
  /** Why it is not over yet; null if it is. */
  readonly stuck: string | null;
  /** Resolves when all its runs have closed, or wait. */
  play(): Promise<void>;
}

/** What is known at the end. */
export interface World {
  /** Every run in the store. */
  runs: readonly JudgedRun[];
  /** Everything in the shop's books. */
  books: readonly ShopKey[];
}

/** One of the mix: it judges its runs at the end. */
export interface Mixed extends Participant {
  /** Read before they were deleted. */
  readonly deleted: readonly DeletedRun[];
  /** Problems, in words. */
  judge(world: World): string[];
}

/** Runs that were deleted and are there all the same, in words. */
export const stillThere = (runs: readonly JudgedRun[], deleted: readonly DeletedRun[]): string[] => {
  const gone = new Set(deleted.map(({ runId }) => runId));
  return runs.flatMap(({ workflowId, runId }) =>
    gone.has(runId) ? [`${workflowId} (${runId}) was deleted, and is there`] : []
  );
};

export const belongsTo = (name: string, workflowId: string): boolean =>
  workflowId === name || workflowId.startsWith(`${name}/`);
