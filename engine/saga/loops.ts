/** Loops: over the items of a list, and with a condition. */
import { ApplicationFailure, DeterminismViolationError, isCancellation } from '@temporalio/workflow';
import type { Around } from './around';
import { continueIfDue } from './continue';
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

/** Runs the items of a list, at most `concurrency` at a time, the first ones first. `id`: of the loop's own step. */
export async function runItems<Saga, Item, Result>(
  around: Around<Saga>,
  id: string,
  { id: nodeId, items, concurrency, onFailure }: EachSpec<Item>,
  body: (saga: Saga, item: Item) => Promise<Result>
): Promise<EachResult<Result>> {
  if (items.length > MOST_ITEMS) {
    const message = `There are ${items.length} items; at most ${MOST_ITEMS} are possible.`;
    throw ApplicationFailure.nonRetryable(message, 'TooManyItems');
  }
  const { state } = around;
  const scope = state.ledger.open(around.scope);
  const failures: EachResult['failures'] = [];
  const given = new Map<number, Result>();
  let ended = 0;
  const tell = () => state.mark(id, 'running', { note: `${ended} of ${items.length}` });
  tell();
  const turns = { concurrency, onFailure: onFailure === 'stop' ? onFailure : 'finish' } as const;
  await inTurn(items.length, turns, async (index) => {
    const item = index + 1;
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
  });
  return {
    items: items.length,
    results: items.flatMap((_, index) => {
      const result = given.get(index + 1);
      return result === undefined ? [] : [result];
    }),
    failures: failures.sort((a, b) => a.item - b.item),
  };
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
      const message = `It should go on after ${spec.most} rounds, which are the most that are possible.`;
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
    if (spec.continuesAsNew) await continueIfDue(state, { id: spec.id, next: round + 1 });
  }
}
