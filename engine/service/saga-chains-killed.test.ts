/**
 * A flow with a long loop on an engine that is killed at one of its commits, before or after it is applied. In the middle
 * the flow fails, so that it undoes all rounds: both the loop and the rollback take several runs.
 *
 * Rules
 * [SACK1] Every round is carried out with one key, whatever is repeated, and is undone with it, the last one first.
 * [SACK2] One chain: each run but the last one continued as new, and only the last one's row says what became of the
 *         effects.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultLimits } from '../history';
import { provesHistories } from '../history/testing/proof';
import { payloads } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import { STATUS } from '../run-name';
import { VirtualClock } from '../sim/virtual-clock';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import type { EngineRole } from './start-engine';
import { CountingWorkflows } from './testing/drive';
import { KillingStore } from './testing/killing-store';
import { counter, ROUNDS, source } from './testing/long-loop';
import { startTestEngine } from './testing/test-engine';

provesHistories(source);
const { suggestContinueAsNewEvents } = defaultLimits;
let worker: EmbeddedWorker;
beforeAll(async () => {
  Object.assign(defaultLimits, { suggestContinueAsNewEvents: 25 });
  const bundle = await bundleWorkflows(source);
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
}, 120_000);
afterAll(async () => {
  Object.assign(defaultLimits, { suggestContinueAsNewEvents });
  await worker.close();
});

type Kill = { at: number; when: 'before' | 'after' };

class Play {
  readonly clock = new VirtualClock();
  readonly store: KillingStore;
  /** Keys of forward calls, by activity id. */
  readonly keys = new Map<string, Set<string>>();
  /** Forward keys of the undos, in their order; a repeated one counts once. */
  readonly undone = new Set<string>();
  wasKilled = false;
  readonly #workflows = new CountingWorkflows(worker);
  readonly #ended: Promise<void>[] = [];
  #role: EngineRole | null = null;
  #running = 0;

  constructor(kill: Kill) {
    const onKilled = () => {
      this.wasKilled = true;
      if (this.#role) this.#ended.push(this.#role.stop());
      this.#role = null;
    };
    this.store = new KillingStore({ ...kill, onKilled });
  }

  async call(method: string, request: object): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        if (!this.#role) await this.#begin();
        const asked = this.#role!.service.call(method, { namespace: 'default', ...request }, localCaller());
        let isOver = false;
        void asked.then(
          () => (isOver = true),
          () => (isOver = true)
        );
        while (!isOver) await this.letPass(50);
        await asked;
        return;
      } catch (error) {
        if (tries === 20) throw error;
        await this.letPass(200);
      }
    }
  }

  /** Time passes for so long; whatever is killed begins again. */
  async letPass(forMs: number): Promise<void> {
    const until = this.clock.now() + forMs;
    for (;;) {
      for (let quiet = 0; quiet < 8; quiet = this.#isQuiet() ? quiet + 1 : 0) {
        if (!this.#role) await this.#begin();
        await turn();
      }
      const next = this.clock.next();
      if (next === null || next > until) break;
      await this.clock.advance(next - this.clock.now());
    }
    if (this.clock.now() < until) await this.clock.advance(until - this.clock.now());
  }

  async end(): Promise<void> {
    await this.#role?.stop();
    await Promise.all(this.#ended);
  }

  async #begin(): Promise<void> {
    for (let runKey = 1; runKey < 100; runKey++) worker.evict(runKey);
    this.#role = await startTestEngine({
      store: this.store,
      clock: this.clock,
      workflowWorker: this.#workflows,
      activityWorker: new ActivityExecutor({
        activities: { 'http.request': (_input: unknown, call: Call) => this.#do(call) },
      }),
      effectCounter: counter,
    });
  }

  async #do({ idempotencyKey, forwardKey }: Call): Promise<null> {
    const { activityId } = Context.current().info;
    this.#running++;
    await turn();
    if (forwardKey !== undefined) this.undone.add(forwardKey);
    else this.keys.set(activityId, (this.keys.get(activityId) ?? new Set()).add(idempotencyKey));
    this.#running--;
    return null;
  }

  #isQuiet(): boolean {
    if (!this.#role || this.#workflows.underWay > 0 || this.#running > 0) return false;
    return [...this.#role.engine.runs.values()].every((run) => run.isClean && !run.busy);
  }
}
interface Call {
  idempotencyKey: string;
  forwardKey?: string;
}

const LONG_MS = 10 * 60_000;
const kills = Array.from({ length: 14 }, (_, index): Kill => ({
  at: 1 + index * 6,
  when: index % 2 === 0 ? 'before' : 'after',
}));

it.each(kills)('[SACK1] [SACK2] killed $when commit $at', { timeout: 60_000 }, async (kill) => {
  const play = new Play(kill);
  const workflowId = `killed-${kill.at}`;
  await play.call('StartWorkflowExecution', {
    workflowId,
    requestId: workflowId,
    workflowType: { name: 'rounds_v1' },
    taskQueue: { name: 'backstitch' },
    input: payloads({ fails: true }),
  });
  await play.letPass(LONG_MS);
  await play.call('SignalWorkflowExecution', {
    workflowExecution: { workflowId },
    signalName: 'go',
    requestId: 'go',
    input: payloads(null),
  });
  await play.letPass(LONG_MS);
  const runs = [...play.store.runs.values()];
  const rows = runs.map(({ runKey }) => play.store.visibility.get(runKey)?.searchAttributes);
  await play.end();
  // [SACK1]
  const keys = Array.from({ length: ROUNDS }, (_, index) => [...(play.keys.get(`book~${index + 1}`) ?? [])]);
  expect(keys.map(({ length }) => length)).toEqual(Array<number>(ROUNDS).fill(1));
  expect([...play.undone]).toEqual(keys.flat().toReversed());
  // [SACK2]
  expect(runs.length).toBeGreaterThan(4);
  expect(runs.map(({ status }) => status)).toEqual([
    ...Array<number>(runs.length - 1).fill(STATUS.continuedAsNew),
    STATUS.failed,
  ]);
  expect(rows.map((row) => row?.SagaPhase)).toEqual([...Array<undefined>(runs.length - 1).fill(undefined), 'unwound']);
});
