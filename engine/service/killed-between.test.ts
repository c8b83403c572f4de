/**
 * Random programs of parents and children that signal and cancel each other and continue as new, with the official
 * workflow library, and an engine that is killed at each of their commits, before or after it is applied: nothing is
 * lost, nothing is doubled. The histories pass history/check and the official replayer.
 */
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, provesHistories } from '../history/testing/proof';
import { payloads } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import { idOf } from '../proto-time';
import { STATUS } from '../run-name';
import { VirtualClock } from '../sim/virtual-clock';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import type { Plan, Step } from '../worker/testing/workflows/plan';
import type { EngineRole } from './start-engine';
import { CountingWorkflows } from './testing/drive';
import { KillingStore } from './testing/killing-store';
import { startTestEngine } from './testing/test-engine';

const workflowsPath = fileURLToPath(new URL('../worker/testing/workflows/plans.ts', import.meta.url));
provesHistories({ workflowsPath });

const LONGEST_MS = 10 * 86_400_000;
let worker: EmbeddedWorker;
let workflows: CountingWorkflows;
beforeAll(async () => {
  const bundle = await bundleWorkflows({ entry: workflowsPath });
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  workflows = new CountingWorkflows(worker);
});
afterAll(() => worker.close());

class Play {
  readonly clock = new VirtualClock();
  readonly store: KillingStore;
  readonly #ended: Promise<void>[] = [];
  role: EngineRole | null = null;

  constructor(private readonly kill: { at: number; when: 'before' | 'after' } | null) {
    const onKilled = () => {
      if (this.role) this.#ended.push(this.role.stop());
      this.role = null;
    };
    this.store = new KillingStore(kill && { ...kill, onKilled });
  }

  async begin(): Promise<void> {
    // What the workers of the one before had in memory is lost.
    for (let runKey = 1; runKey < 100; runKey++) worker.evict(runKey);
    const { store, clock } = this;
    const activityWorker = new ActivityExecutor({ activities: {} });
    // The official replayer takes most of the time, so it sees the histories of every third kill; history/check all.
    const source = (this.kill?.at ?? 0) % 3 === 0 ? undefined : 'scripted';
    this.role = await startTestEngine({ store, clock, workflowWorker: workflows, activityWorker, source });
  }

  /** Starts the programs, and lets time pass until everything has ended. */
  async run(programs: Record<string, Plan>): Promise<this> {
    await this.begin();
    const starting = Object.entries(programs).map((program) => this.#start(...program));
    const until = this.clock.now() + LONGEST_MS;
    for (;;) {
      for (let quiet = 0; quiet < 8; quiet = this.#isQuiet() ? quiet + 1 : 0) {
        if (!this.role) await this.begin();
        await turn();
      }
      const next = this.clock.next();
      if (next === null || next > until) break;
      await this.clock.advance(next - this.clock.now());
    }
    await Promise.all(starting);
    await this.role!.stop();
    await Promise.all(this.#ended);
    return this;
  }

  #isQuiet(): boolean {
    if (!this.role || workflows.underWay > 0) return false;
    return [...this.role.engine.runs.values()].every((run) => run.isClean && !run.busy);
  }

  /** As a client does: again, until it is answered. */
  async #start(workflowId: string, plan: Plan): Promise<void> {
    const request = {
      namespace: 'default',
      workflowId,
      requestId: workflowId,
      workflowType: { name: 'player' },
      taskQueue: { name: 'backstitch' },
      input: payloads(plan),
    };
    for (;;) {
      try {
        await this.role!.service.call('StartWorkflowExecution', request, localCaller());
        return;
      } catch {
        await new Promise<void>((resolve) => this.clock.after(100, resolve));
      }
    }
  }

  runs() {
    return [...this.store.runs.values()].map((run) => ({
      ...run,
      events: eventsOf(this.store.history.get(run.runKey) ?? []),
    }));
  }
}

/** What must hold at the end, whatever happened. */
function verdict(play: Play): string[] {
  const runs = play.runs();
  const wrong: string[] = [];
  const heard = new Map<string, number>();
  for (const { workflowId, status, wakeAt, events } of runs) {
    if (status === STATUS.running) wrong.push(`${workflowId} never ended`);
    if (wakeAt !== null) wrong.push(`${workflowId} still owes something`);
    for (const { workflowExecutionSignaledEventAttributes: signal } of events)
      if (signal) heard.set(signal.requestId!, (heard.get(signal.requestId!) ?? 0) + 1);
  }
  wrong.push(...cutChains(runs));
  const begun = new Set<string>();
  for (const { runId, events } of runs) {
    const started = events[0]?.workflowExecutionStartedEventAttributes;
    const parent = started?.parentWorkflowExecution;
    if (started?.continuedExecutionRunId) wrong.push(...misplaced(runs, runId, started.continuedExecutionRunId));
    if (!parent?.runId || started?.continuedExecutionRunId) continue;
    const by = `${parent.runId}/${idOf(started?.parentInitiatedEventId)}`;
    if (begun.has(by)) wrong.push(`${runId} is the second child of ${by}`);
    begun.add(by);
  }
  for (const { workflowId, runId, events } of runs)
    for (const event of events) {
      const message = (id: Parameters<typeof idOf>[0]) => `${runId}/${idOf(id)}`;
      const { externalWorkflowExecutionSignaledEventAttributes: signaled } = event;
      if (signaled && heard.get(message(signaled.initiatedEventId)) !== 1)
        wrong.push(`a signal of ${workflowId} arrived ${heard.get(message(signaled.initiatedEventId)) ?? 0} times`);
      const { signalExternalWorkflowExecutionFailedEventAttributes: unsignaled } = event;
      if (unsignaled && heard.has(message(unsignaled.initiatedEventId)))
        wrong.push(`a signal of ${workflowId} arrived, and failed`);
      const { childWorkflowExecutionStartedEventAttributes: child } = event;
      if (child && !begun.has(message(child.initiatedEventId))) wrong.push(`${workflowId} has a child that is no run`);
      const { startChildWorkflowExecutionFailedEventAttributes: refused } = event;
      if (refused && begun.has(message(refused.initiatedEventId))) wrong.push(`${workflowId} has a refused child`);
    }
  for (const [id, times] of heard) if (times > 1) wrong.push(`signal ${id} arrived ${times} times`);
  return wrong;
}

/** What is wrong with the place of a run in its chain: the one run before it names it, and no other. */
function misplaced(runs: ReturnType<Play['runs']>, runId: string, before: string): string[] {
  const closes = runs.filter((run) => run.runId === before).map(({ events }) => events.at(-1));
  const named = closes.map((event) => event?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId);
  return named.join() === runId ? [] : [`${runId} continues ${before}, which names ${named.join()}`];
}

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

async function playEveryKill(programs: Record<string, Plan>): Promise<void> {
  const whole = await new Play(null).run(programs);
  expect(verdict(whole)).toEqual([]);
  for (let at = 1; at <= whole.store.commits; at++) {
    for (const when of ['before', 'after'] as const) {
      const play = await new Play({ at, when }).run(programs);
      expect(verdict(play), `killed ${when} commit ${at} of ${whole.store.commits}`).toEqual([]);
    }
  }
}

/** Every run that was continued has its next one. */
function cutChains(runs: ReturnType<Play['runs']>): string[] {
  const ids = new Set(runs.map(({ runId }) => runId));
  return runs.flatMap(({ runId, events }) => {
    const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    return next && !ids.has(next) ? [`${runId} continues as ${next}, which is no run`] : [];
  });
}

const leaf = (...steps: Step[]): Plan => ({ steps, isParallel: false, fails: false });
const known: [string, Record<string, Plan>][] = [
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

describe('messages between runs when the engine is killed', () => {
  it.each(known)('[KBT1] %s', async (_what, programs) => playEveryKill(programs), 120_000);

  it('[KBT2] any programs', async () => {
    const runs = Number(process.env.FC_RUNS ?? 1);
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (seed) => playEveryKill(draw(seed))),
      { numRuns: runs, endOnFailure: true }
    );
  }, 600_000);
});
