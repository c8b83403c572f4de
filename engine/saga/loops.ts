/** Loops: over the items of a list, and with a condition. */
import { ApplicationFailure, DeterminismViolationError, isCancellation } from '@temporalio/workflow';
import type { Around } from './around';
import type { CarriedLoop } from './carried';
import { continueIfDue, isDue } from './continue';
import { MOST_ITEMS } from './contract';
import { Ended } from './ended';
import { failureMessage, failureType } from './failures';
import { inTurn } from './in-turn';
import { stepIdOf } from './item-path';
import type { Cursor } from './state';
import { unwind } from './unwind';

export interface EachSpec<Item> {
  id: string;
  items: readonly Item[];
  /** How many items at a time. */
  concurrency: number;
  /**
   * If an item fails: 'stop' cancels the others, 'finish' lets all of them run first, and then the node fails.
   * 'collect' undoes the item, keeps its failure and goes on.
   */
  onFailure: 'stop' | 'finish' | 'collect';
  /** The most items. With more it fails before the first one, with the type 'TooManyItems'. Default: MOST_ITEMS. */
  most?: number;
  /** The run continues as new between two items, before its history is too long (continue.ts). */
  continuesAsNew?: boolean;
}

export interface EachResult<Result = void> {
  /** How many there were. */
  items: number;
  /** What the steps returned, of the items that succeeded, in the order of the items. Empty if they return nothing. */
  results: Result[];
  /** Only with 'collect'. `item` counts from 1. */
  failures: { item: number; type: string; message: string }[];
}

export interface RepeatSpec {
  id: string;
  /** The most rounds. If it should go on after the last one, it fails with the type 'TooManyRounds'. */
  most: number;
  /** Evaluated before each round. Without it the steps say whether it is over. */
  while?(): boolean;
  /** The run continues as new between two rounds, before its history is too long (continue.ts). */
  continuesAsNew?: boolean;
}

/**
 * Runs the items of a list, at most `concurrency` at a time, the first ones first. `id`: of the loop's own step. `from`: what
 * an earlier run of the chain has done of it.
 */
export async function runItems<Saga, Item, Result>(
  around: Around<Saga>,
  id: string,
  spec: EachSpec<Item>,
  from: CarriedLoop | null,
  body: (saga: Saga, item: Item) => Promise<Result>
): Promise<EachResult<Result>> {
  const { id: nodeId, concurrency, onFailure, most = MOST_ITEMS } = spec;
  const items = (from?.each?.items as readonly Item[] | undefined) ?? spec.items;
  const before = (from?.next ?? 1) - 1;
  const count = before + items.length;
  if (count > most) {
    const message = `There are ${count} items; at most ${most} are possible.`;
    throw ApplicationFailure.nonRetryable(message, 'TooManyItems');
  }
  const { state } = around;
  const scope = state.ledger.open(around.scope);
  const failures: EachResult['failures'] = [...(from?.each?.failures ?? [])];
  const given = new Map(from?.each?.given as [number, Result][] | undefined);
  let ended = before;
  const tell = () => state.mark(id, 'running', { note: `${ended} of ${count}` });
  tell();
  const turns = {
    concurrency,
    onFailure: onFailure === 'stop' ? onFailure : 'finish',
    // Each run of a chain does something, whatever its history has at its start.
    pauses: (begun: number) => spec.continuesAsNew === true && begun >= concurrency && isDue(state),
  } as const;
  const run = async (index: number) => {
    const item = before + index + 1;
    const path = [...around.itemPath, item];
    const cursor: Cursor = { nodeId, through: false };
    const own = state.ledger.open(scope);
    state.mark(stepIdOf(nodeId, path), 'running');
    try {
      given.set(item, await body(around.inside(own, cursor, path), items[index] as Item));
      state.mark(stepIdOf(nodeId, path), 'done');
    } catch (thrown) {
      const error = around.known(thrown, cursor);
      state.failed(stepIdOf(nodeId, path), error);
      if (onFailure !== 'collect' || isCancellation(error) || error instanceof DeterminismViolationError) throw error;
      if (!state.pivoted) {
        await unwind(state, own);
        state.endUnwinding();
      }
      failures.push({ item, type: failureType(error), message: failureMessage(error) });
    }
    ended++;
    tell();
  };
  for (let begun = 0; begun < items.length;) {
    const already = begun;
    begun += await inTurn(items.length - already, turns, (index) => run(already + index));
    if (begun < items.length) {
      const each = { items: items.slice(begun), given: resultsOf(given), failures };
      await continueIfDue(state, { loop: { id: nodeId, next: before + begun + 1, each } });
    }
  }
  return {
    items: count,
    results: resultsOf(given).map(([, result]) => result),
    failures: failures.sort((a, b) => a.item - b.item),
  };
}

/** In the order of the items. */
function resultsOf<Result>(given: ReadonlyMap<number, Result>): [number, Result][] {
  return [...given].filter(([, result]) => result !== undefined).sort(([a], [b]) => a - b);
}

/** Runs rounds one after the other. `id`: of the loop's own step. `first`: the number of the first round in this run. */
export async function runRounds<Saga>(
  around: Around<Saga>,
  id: string,
  spec: RepeatSpec,
  first: number,
  body: (saga: Saga) => Promise<boolean | void>
): Promise<void> {
  const { state, cursor } = around;
  for (let round = first; spec.while?.() ?? true; round++) {
    if (round > spec.most) {
      const message = `It is not over after ${spec.most} rounds, the most that it may have.`;
      throw ApplicationFailure.nonRetryable(message, 'TooManyRounds');
    }
    const path = [...around.itemPath, round];
    const roundId = stepIdOf(spec.id, path);
    Object.assign(cursor, { nodeId: spec.id, through: false });
    state.mark(id, 'running', { note: `Round ${round} of at most ${spec.most}` });
    state.mark(roundId, 'running');
    try {
      const isOver = await body(around.inside(around.scope, cursor, path));
      state.mark(roundId, 'done');
      if (isOver === true) return;
    } catch (thrown) {
      const error = around.known(thrown, cursor);
      if (error instanceof Ended) state.mark(roundId, 'done');
      else state.failed(roundId, error);
      throw error;
    }
    if (spec.continuesAsNew) await continueIfDue(state, { loop: { id: spec.id, next: round + 1 } });
  }
}
