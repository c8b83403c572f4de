/**
 * Random programs of parents and children that signal and cancel each other and continue as new, with the official
 * workflow library, requests that reset, delete and pause their runs meanwhile, and an engine that is killed at each of their
 * writes, before or after it is applied: nothing is lost, nothing is doubled, no key is given twice. The histories pass
 * history/check and the official replayer.
 */
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../history';
import { provesHistories } from '../history/testing/proof';
import { temporal } from '../proto';
import { MemoryStore } from '../store/memory';
import type { Store } from '../store/port';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase } from '../store/postgres/testing/database';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import type { Plan, Step } from '../worker/testing/workflows/plan';
import { CountingWorkflows } from './testing/drive';
import type { Kill } from './testing/fatal-store';
import { Play, type Action } from './testing/play';
import { verdict } from './testing/verdict';

const workflowsPath = fileURLToPath(new URL('../worker/testing/workflows/plans.ts', import.meta.url));
provesHistories({ workflowsPath });

let workers: { worker: EmbeddedWorker; workflows: CountingWorkflows };
beforeAll(async () => {
  const bundle = await bundleWorkflows({ entry: workflowsPath });
  const worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  workers = { worker, workflows: new CountingWorkflows(worker) };
});
afterAll(() => workers.worker.close());

/** A program for each of some workflow ids; what they name may exist, have closed, or never exist. */
function draw(seed: number): Record<string, Plan> {
  let state = seed + 1;
  const pick = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const names = ['a', 'b', 'a1', 'b1', 'a2', 'nobody'];
  const plan = (id: string, depth: number): Plan => ({
    steps: Array.from({ length: 1 + pick(3) }, (_, index) => step(id, index, depth)),
    isParallel: pick(2) === 0,
    fails: pick(5) === 0,
    laps: pick(4) === 0 ? 1 : 0,
  });
  const step = (id: string, index: number, depth: number): Step => {
    const kind = pick(depth > 0 ? 6 : 4);
    if (kind === 0) return { do: 'sleep', ms: 1_000 * (1 + pick(3)) };
    if (kind === 1) return { do: 'cancel', to: names[pick(names.length)]! };
    if (kind < 4) return { do: 'signal', to: names[pick(names.length)]! };
    const policy = ['TERMINATE', 'REQUEST_CANCEL', 'ABANDON'][pick(3)]!;
    const childId = `${id}${pick(4) === 0 ? 1 : index + 1}`;
    const more = { policy, isSignaled: pick(2) === 0, isLeft: pick(3) === 0 };
    return { do: 'child', id: childId, plan: plan(childId, depth - 1), ...more };
  };
  return { a: plan('a', 2), b: plan('b', 1) };
}

/** Requests at any times. */
function drawActions(seed: number): Action[] {
  if (seed % 2 === 0) return [];
  const to = ['a', 'b', 'a1', 'b1'];
  return [
    { do: 'reset', to: to[seed % 3]!, atMs: seed % 4_001 },
    { do: seed % 5 === 0 ? 'reset' : 'delete', to: to[seed % 4]!, atMs: seed % 5_003 },
    { do: 'pause', to: to[seed % 2]!, atMs: seed % 3_001 },
  ];
}

type Programs = Record<string, Plan>;

/** Plays once. Returns the number of writes. */
async function playInMemory(programs: Programs, actions: readonly Action[], kill: Kill | null): Promise<number> {
  const play = new Play(new MemoryStore(), workers, kill);
  const runs = await play.run(programs, actions);
  expect(verdict(play, runs), kill ? `killed ${kill.when} write ${kill.at}` : 'not killed').toEqual([]);
  return play.store.writes;
}

async function playInPostgres(programs: Programs, actions: readonly Action[], kill: Kill | null): Promise<number> {
  const database = await createTestDatabase();
  try {
    const play = new Play(new PostgresStore({ url: database.url }), workers, kill);
    const runs = await play.run(programs, actions);
    expect(verdict(play, runs), kill ? `killed ${kill.when} write ${kill.at}` : 'not killed').toEqual([]);
    return play.store.writes;
  } finally {
    await database.drop();
  }
}

async function playEveryKill(programs: Programs, actions: readonly Action[] = []): Promise<void> {
  const writes = await playInMemory(programs, actions, null);
  for (let at = 1; at <= writes; at++)
    for (const when of ['before', 'after'] as const) await playInMemory(programs, actions, { at, when });
}

const leaf = (...steps: Step[]): Plan => ({ steps, isParallel: false, fails: false });
const known: [string, Programs, Action[]?][] = [
  [
    'a chain whose runs have children, signal each other, and of which the parent hears once',
    {
      a: leaf({
        do: 'child',
        id: 'a1',
        policy: 'TERMINATE',
        isSignaled: true,
        isLeft: false,
        plan: {
          ...leaf(
            { do: 'signal', to: 'b' },
            {
              do: 'child',
              id: 'a2',
              policy: 'TERMINATE',
              isSignaled: false,
              isLeft: true,
              plan: leaf({ do: 'sleep', ms: 9_000 }),
            }
          ),
          laps: 2,
        },
      }),
      b: { ...leaf({ do: 'sleep', ms: 1_500 }, { do: 'signal', to: 'a1' }), laps: 1 },
    },
  ],
  [
    'a parent with two generations of children, each of which it signals; one is left, one is canceled',
    {
      a: leaf(
        {
          do: 'child',
          id: 'a1',
          policy: 'TERMINATE',
          isSignaled: true,
          isLeft: false,
          plan: leaf(
            {
              do: 'child',
              id: 'a2',
              policy: 'ABANDON',
              isSignaled: true,
              isLeft: false,
              plan: leaf({ do: 'signal', to: 'a' }),
            },
            { do: 'cancel', to: 'b' }
          ),
        },
        {
          do: 'child',
          id: 'a3',
          policy: 'REQUEST_CANCEL',
          isSignaled: false,
          isLeft: true,
          plan: leaf({ do: 'sleep', ms: 9_000 }),
        },
        {
          do: 'child',
          id: 'a4',
          policy: 'TERMINATE',
          isSignaled: false,
          isLeft: true,
          plan: leaf({ do: 'sleep', ms: 9_000 }),
        }
      ),
      b: leaf({ do: 'sleep', ms: 60_000 }),
    },
  ],
];

known.push([
  'a parent that is reset while its child runs and signals, and a chain whose runs are reset and deleted',
  {
    a: leaf(
      { do: 'sleep', ms: 1_000 },
      {
        do: 'child',
        id: 'a1',
        policy: 'TERMINATE',
        isSignaled: true,
        isLeft: false,
        plan: leaf({ do: 'sleep', ms: 3_000 }, { do: 'signal', to: 'b' }),
      }
    ),
    b: { ...leaf({ do: 'sleep', ms: 2_000 }), laps: 2 },
    c: leaf({ do: 'signal', to: 'b' }, { do: 'sleep', ms: 5_000 }),
  },
  [
    { do: 'reset', to: 'a', atMs: 2_500 },
    { do: 'reset', to: 'b', atMs: 3_000 },
    { do: 'delete', to: 'c', atMs: 1_500 },
    { do: 'delete', to: 'b', atMs: 5_500 },
  ],
]);

known.push([
  'a parent and its child, each of which is paused for a time, and a run that is paused while it is signaled and reset',
  {
    a: leaf(
      { do: 'sleep', ms: 1_000 },
      {
        do: 'child',
        id: 'a1',
        policy: 'TERMINATE',
        isSignaled: true,
        isLeft: false,
        plan: leaf({ do: 'sleep', ms: 1_000 }, { do: 'signal', to: 'b' }),
      }
    ),
    b: leaf({ do: 'sleep', ms: 4_000 }),
  },
  [
    { do: 'pause', to: 'a', atMs: 500 },
    { do: 'pause', to: 'a1', atMs: 3_200 },
    { do: 'pause', to: 'b', atMs: 3_000 },
    { do: 'reset', to: 'b', atMs: 5_200 },
  ],
]);

describe('runs that ask each other, when the engine is killed', () => {
  it.each(known)('[KBT1] %s', async (_what, programs, actions) => playEveryKill(programs, actions), 180_000);

  it('[KBT2] any programs', async () => {
    const runs = Number(process.env.FC_RUNS ?? 1);
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (seed) => playEveryKill(draw(seed), drawActions(seed))),
      { numRuns: runs, endOnFailure: true }
    );
  }, 600_000);

  const expiring: Programs = {
    a: leaf({
      do: 'child',
      id: 'a1',
      policy: 'ABANDON',
      isSignaled: true,
      isLeft: false,
      plan: leaf({ do: 'sleep', ms: 1_000 }),
    }),
    b: { ...leaf({ do: 'sleep', ms: 2_000 }), laps: 1 },
  };
  /** Plays with a retention period of a day. Returns the number of writes. */
  async function expire(store: Store, kill: Kill | null): Promise<number> {
    const play = new Play(store, workers, kill);
    const left = await play.run(expiring, [{ do: 'keepOneDay', to: 'a', atMs: 500 }]);
    const when = kill ? `killed ${kill.when} write ${kill.at}` : 'not killed';
    expect({ left: left.map(({ runId }) => runId), reused: play.store.reused }, when).toEqual({ left: [], reused: [] });
    return play.store.writes;
  }

  it('[KBT4] closed runs are removed when their period is over, each after its parent has heard', async () => {
    const writes = await expire(new MemoryStore(), null);
    for (let at = 1; at <= writes; at++)
      for (const when of ['before', 'after'] as const) await expire(new MemoryStore(), { at, when });
    const database = await createTestDatabase();
    try {
      await expire(new PostgresStore({ url: database.url }), { at: writes - 2, when: 'after' });
    } finally {
      await database.drop();
    }
  }, 180_000);

  /** Signals every run of a batch. Returns the number of writes. */
  async function batch(store: Store, kill: Kill | null): Promise<number> {
    const play = new Play(store, workers, kill);
    const programs: Programs = Object.fromEntries(['a', 'b', 'c'].map((id) => [id, leaf({ do: 'sleep', ms: 5_000 })]));
    const runs = await play.run(programs, [{ do: 'batch', to: 'a', atMs: 1_000 }]);
    const isSignaled = ({ eventType }: HistoryEvent) =>
      eventType === temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED;
    const { writes } = play.store;
    const lease = await play.store.acquire('reader');
    const [stored] = await lease.readBatches();
    const { namespace, jobId } = stored!;
    const results = await lease.readBatchResults({ namespace, jobId, outcome: 'done', after: -1, limit: 10 });
    await lease.release();
    const when = kill ? `killed ${kill.when} write ${kill.at}` : 'not killed';
    const counts = runs.map(({ events }) => events.filter(isSignaled).length);
    expect({ counts, numbers: results.map(({ number }) => number), progress: stored?.progress }, when).toMatchObject({
      counts: [1, 1, 1],
      numbers: [0, 1, 2],
      progress: { done: 3, failed: 0, failures: [] },
    });
    return writes;
  }

  it('[KBT5] a batch asks each of its runs once', async () => {
    const writes = await batch(new MemoryStore(), null);
    for (let at = 1; at <= writes; at++)
      for (const when of ['before', 'after'] as const) await batch(new MemoryStore(), { at, when });
    const database = await createTestDatabase();
    try {
      await batch(new PostgresStore({ url: database.url }), { at: Math.ceil(writes / 2), when: 'after' });
    } finally {
      await database.drop();
    }
  }, 180_000);

  // Each play has a database of its own, so not every write is killed.
  it('[KBT3] the same on PostgreSQL', async () => {
    const [, programs, actions = []] = known.at(-1)!;
    const writes = await playInPostgres(programs, actions, null);
    const kills = Number(process.env.FC_KILLS ?? 8);
    for (let nth = 0; nth < kills; nth++) {
      const at = 1 + Math.floor((nth * writes) / kills);
      await playInPostgres(programs, actions, { at, when: nth % 2 === 0 ? 'after' : 'before' });
    }
  }, 180_000);
});
