import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { GroupCommitter, type CommitSource } from './group-commit';
import { ConflictError, FencedError, StoreRejectedError, StoreUnavailableError, type RunCommit } from './port';

/** A store whose commits settle when the test settles them. */
class ManualStore {
  readonly batches: { runs: number[]; settle(error?: Error): void }[] = [];
  commit(commits: readonly RunCommit[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.batches.push({
        runs: commits.map((commit) => commit.runKey),
        settle: (error) => (error ? reject(error) : resolve()),
      });
    });
  }
}
class Run implements CommitSource {
  committedCount = 0;
  failures: Error[] = [];
  constructor(readonly runKey: number) {}
  takeCommit(): RunCommit[] {
    return [
      {
        runKey: this.runKey,
        expectedNextEventId: 1,
        nextEventId: 2,
        history: [],
        status: STATUS.running,
        side: new Uint8Array(),
      },
    ];
  }
  committed(): void {
    this.committedCount++;
  }
  failed(error: Error): void {
    this.failures.push(error);
  }
}
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

function committer(options = {}) {
  const store = new ManualStore();
  return { store, group: new GroupCommitter(store, options) };
}

describe('group commit', () => {
  it('[GC1] all runs that are ready in one turn of the event loop go into one commit', async () => {
    const { store, group } = committer();
    for (const key of [1, 2, 3]) group.dirty(new Run(key));
    await turn();
    expect(store.batches.map((batch) => batch.runs)).toEqual([[1, 2, 3]]);
  });

  it('[GC2] runs that become ready during a commit go into the next one together', async () => {
    const { store, group } = committer();
    const first = new Run(1);
    group.dirty(first);
    await turn();
    group.dirty(new Run(2));
    await turn();
    group.dirty(new Run(3));
    await turn();
    expect(store.batches).toHaveLength(1);
    store.batches[0]?.settle();
    await turn();
    expect(store.batches.map((batch) => batch.runs)).toEqual([[1], [2, 3]]);
    expect(first.committedCount).toBe(1);
  });

  it('[GC3] a run is on one lane at a time, even if a second lane is free', async () => {
    const { store, group } = committer({ openLaneAt: 1 });
    const run = new Run(1);
    group.dirty(run);
    await turn();
    group.dirty(run);
    group.dirty(new Run(2));
    await turn();
    expect(store.batches.map((batch) => batch.runs)).toEqual([[1], [2]]);
    store.batches[0]?.settle();
    await turn();
    expect(store.batches[2]?.runs).toEqual([1]);
  });

  it('[GC4] a conflict fails the runs that it names, and the others are written', async () => {
    const { store, group } = committer();
    const runs = [1, 2, 3].map((key) => new Run(key));
    for (const run of runs) group.dirty(run);
    await turn();
    store.batches[0]?.settle(new ConflictError([2]));
    await turn();
    expect(store.batches[1]?.runs).toEqual([1, 3]);
    store.batches[1]?.settle();
    await turn();
    expect(runs.map((run) => [run.committedCount, run.failures.length])).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
  });

  it('[GC5] a refused batch is split until only the bad run fails', async () => {
    const { store, group } = committer();
    const runs = [1, 2, 3, 4].map((key) => new Run(key));
    for (const run of runs) group.dirty(run);
    const done = group.drained();
    for (let settled = 0; ; settled++) {
      await turn();
      const batch = store.batches[settled];
      if (!batch) break;
      batch.settle(batch.runs.includes(3) ? new StoreRejectedError('too large') : undefined);
    }
    await done;
    expect(runs.map((run) => run.failures.length)).toEqual([0, 0, 1, 0]);
    expect(runs.map((run) => run.committedCount)).toEqual([1, 1, 0, 1]);
  });

  it('[GC6] an unknown outcome fails every run of the batch and repeats nothing', async () => {
    const { store, group } = committer();
    const runs = [new Run(1), new Run(2)];
    for (const run of runs) group.dirty(run);
    await turn();
    store.batches[0]?.settle(new StoreUnavailableError('gone'));
    await turn();
    expect(store.batches).toHaveLength(1);
    expect(runs.map((run) => run.failures.length)).toEqual([1, 1]);
  });

  it('[GC8] a run that cannot say what is to be written fails alone', async () => {
    const { store, group } = committer();
    const runs = [1, 2, 3].map((key) => new Run(key));
    const fault = new TypeError('value.toNumber is not a function');
    runs[1]!.takeCommit = () => {
      throw fault;
    };
    for (const run of runs) group.dirty(run);
    const done = group.drained();
    await turn();
    expect(store.batches.map((batch) => batch.runs)).toEqual([[1, 3]]);
    store.batches[0]?.settle();
    await done;
    expect(runs.map((run) => run.committedCount)).toEqual([1, 0, 1]);
    expect(runs[1]!.failures).toEqual([expect.objectContaining({ name: 'UnmadeCommitError', cause: fault })]);
  });

  it('[GC7] after a fence nothing is written', async () => {
    const { store, group } = committer();
    group.dirty(new Run(1));
    await turn();
    store.batches[0]?.settle(new FencedError('over'));
    await turn();
    const late = new Run(2);
    group.dirty(late);
    await turn();
    expect(store.batches).toHaveLength(1);
    expect(late.failures[0]).toBeInstanceOf(FencedError);
  });
});
