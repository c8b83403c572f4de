/** Branches that run at the same time: all of them, or until the first one succeeds. */
import { CancellationScope } from '@temporalio/workflow';
import type { Around } from './around';
import { Ended } from './ended';
import { stepIdOf } from './item-path';
import { mayRemain, type Scope } from './ledger';
import { firstOf } from './race';
import type { Cursor } from './state';
import { unwind } from './unwind';

type Branches<Saga> = Readonly<Record<string, (saga: Saga) => Promise<unknown>>>;

export interface RaceResult {
  /** The id of the branch that succeeded first. */
  winner: string;
}

/** All branches. If one fails, the others are cancelled, and all of them end before the failure is thrown. */
export async function runAll<Saga>(
  around: Around<Saga>,
  unwindAs: Scope['unwind'],
  branches: Branches<Saga>
): Promise<void> {
  const { state } = around;
  const scope = state.ledger.open(around.scope, unwindAs);
  const siblings = new CancellationScope();
  let first: { error: unknown } | null = null;
  await Promise.allSettled(
    Object.entries(branches).map(async ([branchId, run]) => {
      const cursor: Cursor = { nodeId: branchId, through: false };
      const branch = around.inside(state.ledger.open(scope), cursor);
      const stepId = stepIdOf(branchId, around.itemPath);
      state.mark(stepId, 'running');
      try {
        await siblings.run(() => run(branch));
        state.mark(stepId, 'done');
      } catch (thrown) {
        const error = around.known(thrown, cursor);
        if (error instanceof Ended) state.mark(stepId, 'done');
        else if (first) state.mark(stepId, 'cancelled');
        else state.failed(stepId, error);
        first ??= { error };
        siblings.cancel();
      }
    })
  );
  const failed = first as { error: unknown } | null;
  if (failed) throw failed.error;
}

/** Until the first branch succeeds; the others end and are undone. */
export async function runFirst<Saga>(around: Around<Saga>, branches: Branches<Saga>): Promise<RaceResult> {
  const { state } = around;
  const scope = state.ledger.open(around.scope);
  let over = false;
  const lines = Object.entries(branches).map(([branchId, run]) => {
    const own = state.ledger.open(scope);
    const cursor: Cursor = { nodeId: branchId, through: false };
    const stepId = stepIdOf(branchId, around.itemPath);
    state.mark(stepId, 'running');
    const work = async () => {
      try {
        await run(around.inside(own, cursor));
        state.mark(stepId, over ? 'cancelled' : 'done');
        over = true;
      } catch (thrown) {
        const error = around.known(thrown, cursor);
        if (over) state.mark(stepId, 'cancelled');
        else state.failed(stepId, error);
        throw error;
      }
    };
    return { branchId, own, work };
  });
  const winner = await firstOf(Object.fromEntries(lines.map(({ branchId, work }) => [branchId, work])));
  // Undone like branches of a parallel: the last done first, whichever branch it was in.
  const lost: Scope = {
    unwind: 'reverse',
    items: lines.filter(({ branchId }) => branchId !== winner).map(({ own }) => own),
  };
  if (!state.pivoted && mayRemain(lost)) {
    await unwind(state, lost);
    state.endUnwinding();
  }
  return { winner };
}
