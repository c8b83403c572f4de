/** [CAS1] to [CAS5], [CRD2], [CRD3] and [PAK1]: sagas with long loops, in the real sandbox. */
import { Context } from '@temporalio/activity';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { payloadsBytes } from '../history';
import { STATUS } from '../run-name';
import type { ChildPlayed } from '../trial/virtual-children';
import type { VirtualRunOptions } from '../trial/virtual-run';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { CarriedScope } from './carried';
import { packed, unpacked } from './packed';
import { actor, approvalOf, ledgerOf, refusalOf } from './testing/world';

const workflowsPath = fileURLToPath(new URL('./testing/long-loops.ts', import.meta.url));
provesHistories({ workflowsPath });

const calls: string[] = [];
const executor = new ActivityExecutor({
  activities: {
    do: () => void calls.push(Context.current().info.activityId),
    undo: () => void calls.push(Context.current().info.activityId),
    'human.open': () => {},
    'human.close': () => {},
  },
});
let worker: EmbeddedWorker;
beforeAll(async () => {
  const bundle = await bundleWorkflows({ entry: workflowsPath });
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
});
afterAll(() => worker.close());
afterEach(() => calls.splice(0));

class Run extends WorkflowUnderTest {
  /** A child that does not end. */
  protected override child(): ChildPlayed {
    return { closed: new Promise(() => {}), isWorking: false, cancel: () => {} };
  }
}

let nextKey = 1;
class Chain {
  readonly runs: Run[] = [];

  constructor(
    private readonly type: string,
    private readonly args: unknown[],
    private readonly options: VirtualRunOptions & { source?: 'scripted' } = {}
  ) {
    this.#begin({});
  }

  get run(): Run {
    return this.runs.at(-1)!;
  }

  /** Plays the run, and those that follow it, until nothing is left to do. */
  async play(until?: () => boolean): Promise<void> {
    for (;;) {
      await this.run.run({ until });
      expect(this.run.failures).toEqual([]);
      if (!this.run.next) return;
      expect(openIn(this.run)).toEqual([]);
      this.#begin({ continues: this.run.next, startMs: this.run.now });
    }
  }

  async approve(): Promise<string> {
    const { taskId, dataHash } = await approvalOf(this.run);
    this.run.update(`decide-${taskId}`, '__decide', {
      taskId,
      decision: 'approve',
      comment: '',
      dataHash,
      actor: actor('Ada'),
    });
    await this.play();
    return taskId;
  }

  #begin(more: VirtualRunOptions): void {
    const options = {
      ...this.options,
      ...more,
      runKey: nextKey++,
      workflowId: `${this.type}-of-${this.options.workflowId ?? nextKey}`,
    };
    this.runs.push(new Run(worker, executor, this.type, this.args, options));
  }
}

/** Activities and timers that have not ended. */
function openIn({ state }: Run): unknown[] {
  return [...state.activities.values(), ...state.timers.values()];
}

const EVERY_ROUND = { suggestContinueAsNewEvents: 1 };
const failureOf = ({ state }: Run) =>
  state.closeEvent?.workflowExecutionFailedEventAttributes?.failure?.applicationFailureInfo?.type;

it('[CAS1] [CAS3] between two rounds it waits for the close of a task; signals, tasks and variables are carried', async () => {
  const chain = new Chain('asks', [{ rounds: 3 }], { ...EVERY_ROUND, workflowId: 'asks' });
  for (const key of ['a', 'a', 'b']) chain.run.signal('go', { key });
  await chain.play();
  const first = await chain.approve();
  expect(chain.runs).toHaveLength(2);
  // The task of the run before is closed, and the chain knows by whom.
  chain.run.update('late', '__decide', {
    taskId: first,
    decision: 'reject',
    comment: '',
    dataHash: '',
    actor: actor('Bob'),
  });
  await chain.play();
  expect(refusalOf(chain.run, 'late')?.[1]).toBe('Already decided by Ada: approve.');
  await chain.approve();
  // The keys of signals of earlier runs are known: this one came before.
  chain.run.signal('go', { key: 'a' });
  chain.run.signal('go', { key: 'c' });
  await chain.play();
  await chain.approve();
  expect(chain.run.result()).toEqual(['a', 'b', 'c']);
  expect(chain.runs.map(({ state }) => state.status)).toEqual([
    ...Array<number>(chain.runs.length - 1).fill(STATUS.continuedAsNew),
    STATUS.completed,
  ]);
});

it('[CAS5] what the run before did not have, because its revision did not, is as at the beginning', async () => {
  const chain = new Chain('grows', [{ rounds: 3 }], EVERY_ROUND);
  await chain.play();
  expect(chain.runs.length).toBeGreaterThan(1);
  expect(chain.run.result()).toEqual([3, 'initial']);
});

it('[CAS3] the next run has what remains of the deadline', async () => {
  const chain = new Chain('asks', [{ rounds: 3, deadline: '1h' }], { ...EVERY_ROUND, workflowId: 'late' });
  const startMs = chain.run.now;
  chain.run.signal('go', { key: 'a' });
  await chain.run.run({ until: () => calls.length > 0 || chain.run.state.activities.size > 0 });
  chain.run.now += 40 * 60_000;
  await chain.approve();
  await chain.play();
  expect(chain.runs).toHaveLength(2);
  expect(failureOf(chain.run)).toBe('DeadlineExceeded');
  expect(chain.run.now - startMs).toBe(60 * 60_000);
});

it('[CAS2] a run stays one run if a child would end with it, or if its values are too large to be sent', async () => {
  const runsOf = async (input: object) => {
    const chain = new Chain('asks', [{ rounds: 4, ...input }], {
      ...EVERY_ROUND,
      workflowId: JSON.stringify(input).slice(0, 40),
    });
    for (const key of ['a', 'b', 'c', 'd']) chain.run.signal('go', { key });
    await chain.play();
    for (let round = 0; round < 4; round++) await chain.approve();
    expect(chain.run.state.status).toBe(STATUS.completed);
    return chain.runs.length;
  };
  expect(await runsOf({})).toBe(5);
  expect(await runsOf({ leaves: 'leave' })).toBe(5);
  expect(await runsOf({ leaves: 'stop' })).toBe(1);
  // With the input, two of them have more than 2 MiB.
  expect(await runsOf({ text: 'x'.repeat(900_000) })).toBe(2);
});

it('[CAS4] a chain that is asked to stop undoes itself in its last run, and ends as cancelled', async () => {
  const input = { items: 5, atATime: 1, fails: false, effect: 'reversible', waits: true };
  const chain = new Chain('list', [input], { ...EVERY_ROUND, workflowId: 'stopped' });
  await chain.play(() => chain.run.state.timers.size > 0);
  const { length } = chain.runs;
  expect(length).toBe(5);
  chain.run.cancel();
  await chain.play();
  expect(chain.runs).toHaveLength(length);
  expect(chain.run.state.status).toBe(STATUS.canceled);
  expect(calls.slice(5)).toEqual(['close~5:undo', 'close~4:undo', 'close~3:undo', 'close~2:undo', 'close~1:undo']);
});

it(
  '[CAS4] a rollback after a stop that does not fit into one history ends as cancelled, by whoever asked for it',
  {
    timeout: 240_000,
  },
  async () => {
    const items = 5_010;
    const input = { items, atATime: 20, fails: false, effect: 'reversible', waits: true };
    const options = { suggestContinueAsNewEvents: 4_096, source: 'scripted' as const, workflowId: 'stopped-late' };
    const chain = new Chain('list', [input], options);
    await chain.play(() => chain.run.state.timers.size > 0);
    const { length } = chain.runs;
    chain.run.cancel();
    await chain.play();
    expect(chain.runs).toHaveLength(length + 1);
    expect(chain.run.state.status).toBe(STATUS.canceled);
    const asked = chain.runs.map(({ state: { cancelRequest } }) => cancelRequest?.identity ?? null);
    expect(asked).toEqual([
      ...Array<null>(length - 1).fill(null),
      ...Array<string>(chain.runs.length - length + 1).fill('test'),
    ]);
    expect(calls).toHaveLength(2 * items);
    expect(calls.at(-1)).toBe('close~1:undo');
    expect(new Set(Object.values(await ledgerOf(chain.run)))).toEqual(new Set(['undone']));
  }
);

it('[CRD3] nobody starts a run with a ledger: its second argument is refused, and nothing is called', async () => {
  const chain = new Chain('asks', [{ rounds: 1 }], { ...EVERY_ROUND, workflowId: 'source' });
  chain.run.signal('go', { key: 'a' });
  await chain.play();
  await chain.approve();
  const { input } = chain.runs[1]!.state.started;
  const carried = JSON.parse(Buffer.from(input!.payloads![1]!.data!).toString()) as object;
  const forged = new Chain('asks', [
    { rounds: 1 },
    { ...carried, failure: { kind: 'cancelled', message: '', cause: null } },
  ]);
  await forged.play();
  expect(failureOf(forged.run)).toBe('InvalidInput');
  expect(calls).toEqual([]);
});

it('[PAK1] [CRD2] what is packed is unpacked to the same', () => {
  const effect = (activityId: string, more: object) => ({
    activityId,
    title: 'Charge',
    effect: 'reversible' as const,
    keys: { do: `n/w/u/${activityId}`, undo: `n/w/u/${activityId}:undo`, check: `n/w/u/${activityId}:check` },
    state: 'standing' as const,
    happened: 'yes' as const,
    undo: {
      title: 'Refund',
      activity: 'refund',
      input: { a: activityId },
      options: { retry: {} },
      onFailure: 'ask' as const,
    },
    undoProblem: null,
    late: null,
    undoRan: false,
    mayBeUndone: false,
    seq: 1,
    ...more,
  });
  const scope: CarriedScope = {
    unwind: 'reverse',
    items: [
      effect('charge', {}),
      effect('charge~2', { keys: { do: 'sha256/abc', undo: 'sha256/def', check: 'sha256/ghi' }, seq: 3 }),
      { unwind: 'together', items: [effect('pay/charge', { madeBy: 'other_v1', late: { settledAtMs: 5 } })] },
      effect('ship', { keys: null, undo: null, state: 'undone' }),
      effect('pack', { undo: { title: 'x', activity: 'y', input: undefined, options: {}, onFailure: 'retry' } }),
      { unwind: 'reverse', items: [] },
    ],
  };
  expect(unpacked(JSON.parse(JSON.stringify(packed(scope))) as never)).toEqual(scope);
});

it.each([
  { items: 10_000, effect: 'none', suggestContinueAsNewEvents: 4_096 },
  { items: 1_000, effect: 'reversible', suggestContinueAsNewEvents: 600 },
])(
  '[CAS3] $items items ($effect): no history is much longer than the server suggests, and every effect is undone',
  { timeout: 240_000 },
  async ({ items, effect, suggestContinueAsNewEvents }) => {
    const input = { items, atATime: 20, fails: true, effect };
    const options = { suggestContinueAsNewEvents, source: 'scripted' as const, workflowId: `many-${effect}` };
    const chain = new Chain('list', [input], options);
    await chain.play();
    const bytes = chain.runs.map(({ state }) => payloadsBytes(state.started.input));
    const events = chain.runs.map(({ events: { length } }) => length);
    expect(failureOf(chain.run)).toBe('Odd');
    expect(Math.max(...events)).toBeLessThan(suggestContinueAsNewEvents + 100);
    // Also 10,000 effects fit into one command.
    expect(Math.max(...bytes)).toBeLessThan(200 * items);
    const undos = effect === 'none' ? 0 : items;
    expect(calls).toHaveLength(items + undos);
    if (undos > 0) expect(calls.at(-1)).toBe('close~1:undo');
    expect(new Set(Object.values(await ledgerOf(chain.run)))).toEqual(new Set(undos > 0 ? ['undone'] : []));
  }
);
