/**
 * Runs of flows with children on an engine in virtual time, over the books of a service. The engine can be killed at one
 * of its commits. A child has its flow as input (interpret.ts).
 */
import { setImmediate as turn } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { FlowDocument } from '../../flow/document';
import { eventsOf } from '../../history/testing/proof';
import { payloads } from '../../history/testing/run';
import { processCaller, type Caller } from '../../permissions/caller';
import type { ActivityCall } from '../../saga/call';
import type { LedgerReport, NodesReport } from '../../saga/contract';
import type { EffectCounter } from '../../service/effect-counts';
import { CountingWorkflows } from '../../service/testing/drive';
import { KillingStore } from '../../service/testing/killing-store';
import { startTestEngine } from '../../service/testing/test-engine';
import type { EngineRole } from '../../service/start-engine';
import { VirtualClock } from '../../sim/virtual-clock';
import { ActivityExecutor } from '../../worker/activities/executor';
import type { EmbeddedWorker } from '../../worker/embedded-worker';
import { eventsFromHistory } from '../events-from-history';
import { ledgerOf, NOTHING_BESIDE } from '../ledger';
import type { Ledger, RunEvent } from '../model';
import { remaining } from '../remaining';
import { manifestOf } from './order';
import type { Script } from './random-flow';
import { ServiceBooks } from './service-books';

export interface FamilyRun {
  workflowId: string;
  runId: string;
  status: number;
  events: RunEvent[];
  flow: FlowDocument;
  /** By its own history alone, as its code knows it. */
  ledger: Ledger;
  /** What its code wrote into its search attributes. */
  attributes: Record<string, unknown>;
  /** Its row in lists. */
  listed: Record<string, unknown>;
}
/** Trying again helps nothing. */
const FINAL: ReadonlySet<number | undefined> = new Set([status.FAILED_PRECONDITION, status.NOT_FOUND]);
type Kill = { at: number; when: 'before' | 'after' } | null;

const OPERATOR: Caller = {
  ...processCaller('Ada', [
    { role: 'operator', flow: null },
    { role: 'local', flow: null },
    { role: 'admin', flow: null },
  ]),
  person: { id: 'ada', name: 'Ada', groups: [] },
};
const LONGEST_MS = 30 * 86_400_000;

export class Family {
  readonly clock = new VirtualClock();
  readonly books = new ServiceBooks();
  readonly store: KillingStore;
  /** How often each undo was asked for, by the key of its step. */
  readonly #undos = new Map<string, number>();
  readonly #ended: Promise<void>[] = [];
  readonly #workflows: CountingWorkflows;
  #role: EngineRole | null = null;
  #running = 0;
  #resets = 0;

  constructor(
    private readonly worker: EmbeddedWorker,
    private readonly kill: Kill = null
  ) {
    this.#workflows = new CountingWorkflows(worker);
    const onKilled = () => {
      if (this.#role) this.#ended.push(this.#role.stop());
      this.#role = null;
    };
    this.store = new KillingStore(kill && { ...kill, onKilled });
  }

  async begin(): Promise<this> {
    for (let runKey = 1; runKey < 100; runKey++) this.worker.evict(runKey);
    const activityWorker = new ActivityExecutor({ activities: this.#activities() });
    // The official replayer takes most of the time, so it sees the histories of every fourth kill; history/check all.
    const source = (this.kill?.at ?? 0) % 4 === 0 ? undefined : 'scripted';
    const { store, clock } = this;
    this.#role = await startTestEngine({
      store,
      clock,
      workflowWorker: this.#workflows,
      activityWorker,
      source,
      effectCounter: COUNTER,
    });
    return this;
  }

  /** As a client does: again, until it is answered. Time passes meanwhile, as far as it must. */
  async call<T>(method: string, request: object): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        if (!this.#role) await this.begin();
        let isOver = false;
        const asked = this.#role!.service.call(method, { namespace: 'default', ...request }, OPERATOR);
        void asked.then(
          () => (isOver = true),
          () => (isOver = true)
        );
        for (let wait = 0; !isOver; wait = 50) await this.letPass(wait);
        return (await asked) as T;
      } catch (error) {
        if (tries === 20 || FINAL.has((error as { code?: number }).code)) throw error;
        await this.letPass(200);
      }
    }
  }
  start(workflowId: string, flow: FlowDocument): Promise<unknown> {
    const taskQueue = { name: 'backstitch' };
    const input = payloads(flow);
    const more = { requestId: workflowId, workflowType: { name: 'interpret_v1' }, taskQueue, input };
    return this.call('StartWorkflowExecution', { workflowId, ...more });
  }
  stop(workflowId: string): Promise<unknown> {
    return this.call('RequestCancelWorkflowExecution', { workflowExecution: { workflowId }, requestId: workflowId });
  }
  /** False: it is refused. */
  async reset(workflowId: string, eventId: number, runId = ''): Promise<boolean> {
    const request = { workflowExecution: { workflowId, runId }, workflowTaskFinishEventId: eventId, reason: 'again' };
    try {
      await this.call('ResetWorkflowExecution', { requestId: `reset-${++this.#resets}`, ...request });
      return true;
    } catch (error) {
      if ((error as { code?: number }).code === status.FAILED_PRECONDITION) return false;
      throw error;
    }
  }
  terminate(workflowId: string): Promise<unknown> {
    return this.call('TerminateWorkflowExecution', { workflowExecution: { workflowId } });
  }
  signal(workflowId: string, signalName: string): Promise<unknown> {
    return this.call('SignalWorkflowExecution', {
      workflowExecution: { workflowId },
      signalName,
      requestId: `${workflowId}-${this.clock.now()}`,
    });
  }
  async update(workflowId: string, name: string, argument: object, runId = ''): Promise<void> {
    const actor = { id: 'ada', name: 'Ada', groups: [] };
    await this.call('UpdateWorkflowExecution', {
      workflowExecution: { workflowId, runId },
      waitPolicy: { lifecycleStage: 3 },
      request: {
        meta: { updateId: `${name}-${this.clock.now()}` },
        input: { name, args: payloads({ reason: 'seen', actor, ...argument }) },
      },
    });
  }
  async query<Answer>(workflowId: string, queryType: string): Promise<Answer> {
    const { queryResult } = await this.call<{ queryResult: { payloads: { data: Uint8Array }[] } }>('QueryWorkflow', {
      execution: { workflowId },
      query: { queryType },
    });
    return JSON.parse(Buffer.from(queryResult.payloads[0]!.data).toString()) as Answer;
  }
  ledger = (workflowId: string) => this.query<LedgerReport>(workflowId, '__ledger');
  nodes = (workflowId: string) => this.query<NodesReport>(workflowId, '__nodes');

  /** Time passes for so long, or until nothing happens any more. */
  async letPass(forMs = LONGEST_MS): Promise<void> {
    const until = this.clock.now() + forMs;
    for (;;) {
      for (let quiet = 0; quiet < 8; quiet = this.#isQuiet() ? quiet + 1 : 0) {
        if (!this.#role) await this.begin();
        await turn();
      }
      const next = this.clock.next();
      if (next === null || next > until) break;
      await this.clock.advance(next - this.clock.now());
    }
    if (forMs < LONGEST_MS && this.clock.now() < until) await this.clock.advance(until - this.clock.now());
  }

  async end(): Promise<void> {
    await this.#role?.stop();
    await Promise.all(this.#ended);
  }

  /** Of each workflow id the newest run. */
  runs(): Map<string, FamilyRun> {
    return new Map(this.everyRun().map((run) => [run.workflowId, run]));
  }

  /** Also those that were reset; the oldest first. */
  everyRun(): FamilyRun[] {
    return [...this.store.runs.values()].map(({ runKey, workflowId, runId, status }) => {
      const events = eventsFromHistory({ events: eventsOf(this.store.history.get(runKey) ?? []) });
      const flow = flowOf(events);
      const ledger = ledgerOf(events, manifestOf(flow));
      const listed = this.store.visibility.get(runKey)?.searchAttributes ?? {};
      return { workflowId, runId, status, events, flow, ledger, attributes: attributesOf(events), listed };
    });
  }

  #isQuiet(): boolean {
    if (!this.#role || this.#workflows.underWay > 0 || this.#running > 0) return false;
    return [...this.#role.engine.runs.values()].every((run) => run.isClean && !run.busy);
  }

  #activities() {
    const perform = async (script: Script, { idempotencyKey, forwardKey }: ActivityCall): Promise<unknown> => {
      const key = forwardKey ?? idempotencyKey;
      if (forwardKey !== undefined) return this.#undo(key, script);
      const { does } = script;
      const { attempt } = Context.current().info;
      if (does === 'notApplied') throw ApplicationFailure.nonRetryable('no', 'NotApplied');
      if (does === 'denied') throw ApplicationFailure.nonRetryable('no', 'EgressDenied', { applied: false });
      const second = does === 'second' && attempt > 1;
      this.books.call(key, does === 'ok' || second ? 'now' : script.happens);
      if (does === 'second' && !second) throw ApplicationFailure.retryable('not yet');
      if (does !== 'ok' && !second) throw ApplicationFailure.nonRetryable('who knows', 'Odd');
      return 'done';
    };
    const check = (script: Script, { forwardKey = '' }: ActivityCall): unknown => {
      if (script.lookUp === 'fails') throw ApplicationFailure.nonRetryable('no idea');
      return script.lookUp === 'odd' ? 'odd' : { applied: this.books.lookUp(forwardKey, script), output: 'found' };
    };
    const counted = async (script: Script, call: ActivityCall): Promise<unknown> => {
      this.#running++;
      try {
        await turn();
        return await perform(script, call);
      } finally {
        this.#running--;
      }
    };
    return {
      do: counted,
      undo: counted,
      check,
      'human.open': ({ taskId }: { taskId: string }) => ({ taskId }),
      'human.close': () => {},
    };
  }

  #undo(key: string, script: Script): void {
    const tries = (this.#undos.get(key) ?? 0) + 1;
    this.#undos.set(key, tries);
    const fails = tries <= script.undoFails;
    if (!fails || script.undoFailsHaving === 'undone') this.books.undo(key, script);
    const proof = script.undoFailsHaving === 'sentNothing' ? { applied: false } : undefined;
    if (fails) throw ApplicationFailure.nonRetryable(`failed ${tries} times`, 'Failed', ...(proof ? [proof] : []));
  }
}

const flowOf = (events: readonly RunEvent[]): FlowDocument => (events[0]!.attributes.input as FlowDocument[])[0]!;

/** As versions/effect-counter.ts, for runs that have their flow as input. */
const COUNTER: EffectCounter = {
  knows: () => true,
  count: (_type, history, _afterClose, passedOn) => {
    const events = eventsFromHistory({ events: history });
    return Promise.resolve(remaining(events, manifestOf(flowOf(events)), { ...NOTHING_BESIDE, passedOn }));
  },
};

/** What the saga wrote into the search attributes of its run. */
function attributesOf(events: readonly RunEvent[]): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const { type, attributes: of } of events) {
    if (type !== 'UpsertWorkflowSearchAttributes') continue;
    const { indexedFields } = of.searchAttributes as { indexedFields: Record<string, unknown> };
    for (const [name, value] of Object.entries(indexedFields)) {
      const one = Array.isArray(value) ? (value[0] as unknown) : value;
      if (one === undefined) delete attributes[name];
      else attributes[name] = one;
    }
  }
  return attributes;
}
