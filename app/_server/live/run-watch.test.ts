/**
 * [W] A browser that watches a run through cuts, other web processes and an engine that goes away ends with what the
 * engine has: no gap, no repeat, nothing old.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WatchAnswer } from '@/app/_contract/live';
import type { RunLive, RunSummary } from '@/app/_contract/runs';
import { RunStream } from '@/components/live/run-stream';
import type { PendingActivityView, RunEvent } from '@/engine/run-view/model';
import type { NodesReport } from '@/engine/saga/contract';
import { failureOf, Refusal } from '../failure';
import { Hub } from './hub';
import { NO_MASK } from '@/engine/run-view/mask';
import type { RunUpstream } from './upstream';
import { Watches } from './watches';

/** FC_RUNS sets a greater number. */
const RUNS = Number(process.env.FC_RUNS ?? 150);
const RUN = { workflowId: 'order-1', runId: 'run-1' };

/** An engine with one run, as the upstream port shows it. */
class FakeEngine {
  events: RunEvent[] = [];
  pending: PendingActivityView[] = [];
  nodes: NodesReport = { nodes: {} } as unknown as NodesReport;
  closed = false;
  away = false;
  /** Events per page: a long history has several pages. */
  pageSize = 3;
  /** The travel times of requests and answers, in turn. */
  latencies: number[] = [0];
  asked = { history: 0, describe: 0, nodes: 0 };
  #waiting = new Set<() => void>();

  /** Called after each change that the real engine hints at. */
  onChange: () => void = () => {};

  change(work: () => void): void {
    work();
    this.onChange();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
  append(count: number): void {
    for (let each = 0; each < count; each++) {
      this.events.push({
        id: this.events.length + 1,
        timeMs: this.events.length,
        type: 'TimerStarted',
        attributes: {},
      });
    }
  }

  readonly upstream: RunUpstream = {
    describe: () =>
      this.#travel('describe', () => ({
        summary: summary(this.closed, this.events.length),
        historyLength: this.events.length,
        pending: structuredClone(this.pending),
        workflowTask: null,
      })),
    history: (_run, token, signal) =>
      this.#travel('history', async () => {
        for (;;) {
          const from = token ? Number(Buffer.from(token).toString()) : 0;
          const page = this.events.slice(from, from + this.pageSize);
          const read = from + page.length;
          const ended = this.closed && read === this.events.length;
          if (page.length > 0 || ended) return { events: page, token: ended ? null : Buffer.from(String(read)) };
          await new Promise<void>((resolve) => {
            this.#waiting.add(resolve);
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
          if (signal.aborted || this.away) throw new Refusal('engineAway', 'The engine does not answer.');
        }
      }),
    nodes: () => this.#travel('nodes', () => structuredClone(this.nodes)),
    masking: async () => NO_MASK,
  };

  /** A request and its answer: the engine may be away at either moment. */
  async #travel<T>(what: keyof FakeEngine['asked'], read: () => T | Promise<T>): Promise<T> {
    await this.#leg();
    this.asked[what]++;
    const answer = await read();
    await this.#leg();
    return answer;
  }
  async #leg(): Promise<void> {
    const ms = this.latencies.shift() ?? 0;
    this.latencies.push(ms);
    if (ms > 0) await passed(ms);
    if (this.away) throw new Refusal('engineAway', 'The engine does not answer.');
  }
}
const passed = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function summary(closed: boolean, length: number): RunSummary {
  return {
    ...RUN,
    firstRunId: RUN.runId,
    workflowType: 'orderFulfilment_v1',
    flow: 'order-fulfilment',
    version: 1,
    revision: 'v1.0',
    status: closed ? 'completed' : 'running',
    standingState: closed ? 'completed' : 'running',
    phase: null,
    standing: length,
    startMs: 0,
    closeMs: closed ? 1 : null,
  };
}

/** One connection of the browser: messages arrive late and in order, or never after it is cut. */
class Wire {
  alive = true;
  joined = false;
  readonly watches: Watches;
  #arrival = 0;

  constructor(
    hub: Hub,
    private readonly latencyMs: () => number
  ) {
    this.watches = new Watches(hub, { join: () => (this.joined = true), leave: () => (this.joined = false) });
  }
  carry(arrive: () => void): void {
    this.#arrival = Math.max(this.#arrival, Date.now() + this.latencyMs());
    setTimeout(() => this.alive && arrive(), this.#arrival - Date.now());
  }
  cut(): void {
    this.alive = false;
    this.watches.close();
  }
}

/** Two web processes before one engine; a browser is connected to one of them, or to none. */
class World {
  readonly engine = new FakeEngine();
  readonly hubs: [Hub, Hub];
  stream: RunStream | null = null;
  live: RunLive | null = null;
  /** Every list of events that the page was ever shown. */
  shown: number[][] = [];
  wireLatencies: number[] = [0];
  #wires: [Wire | null, Wire | null] = [null, null];
  #wire: Wire | null = null;

  constructor() {
    const hub = (index: 0 | 1) =>
      new Hub({
        upstream: this.engine.upstream,
        hinted: () => true,
        emit: (_run, delta) => {
          const wire = this.#wires[index];
          if (!wire?.joined) return;
          const sent = structuredClone(delta);
          wire.carry(() => this.stream?.delta(sent));
        },
      });
    this.hubs = [hub(0), hub(1)];
  }

  async open(): Promise<void> {
    const live = await this.hubs[0].read(RUN);
    this.live = live;
    this.stream = new RunStream(
      RUN,
      structuredClone(live),
      { watch: (request, answer) => this.#watch(request.token, answer) },
      {
        onLive: (next) => {
          this.live = next;
          this.shown.push(next.events.map(({ id }) => id));
        },
        onUpstream: () => {},
        // As on the page, the browser asks again a little later.
        onRefused: () => void setTimeout(() => this.#wire && this.stream?.ask(), 2_000),
      }
    );
    this.connect(0);
  }
  connect(index: 0 | 1): void {
    this.cut();
    this.#wire = new Wire(this.hubs[index], () => {
      const ms = this.wireLatencies.shift() ?? 0;
      this.wireLatencies.push(ms);
      return ms;
    });
    this.#wires[index] = this.#wire;
    this.stream?.ask();
  }
  cut(): void {
    this.#wire?.cut();
    this.#wire = null;
    this.#wires = [null, null];
  }
  close(): void {
    this.cut();
    for (const hub of this.hubs) hub.close();
  }

  #watch(token: string | null, answer: (answer: WatchAnswer) => void): void {
    const wire = this.#wire;
    wire?.carry(() => {
      wire.watches
        .watch(RUN, token)
        .catch((error: unknown): WatchAnswer => ({ kind: 'refused', error: failureOf(error) }))
        .then(
          (told) => wire.carry(() => answer(structuredClone(told))),
          () => {}
        );
    });
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Step =
  | { do: 'append'; count: number }
  | { do: 'pending'; attempt: number }
  | { do: 'nodes'; choice: number }
  | { do: 'away' | 'back' | 'cut' | 'hint' | 'close' }
  | { do: 'connect'; index: 0 | 1 }
  | { do: 'pass'; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 7 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pending' as const), attempt: fc.integer({ min: 1, max: 5 }) }) },
  // Code that runs leaves events.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('nodes' as const), choice: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('away' as const, 'back', 'cut', 'cut', 'hint') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('connect' as const), index: fc.constantFrom(0 as const, 1) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 10, 50, 300, 3_000, 20_000) }),
  }
);

function play({ engine, hubs, ...world }: World, each: Step, real: World): void | Promise<unknown> {
  void world;
  switch (each.do) {
    case 'append':
      return engine.change(() => engine.append(each.count));
    case 'pending':
      return engine.change(() => (engine.pending = [activity(each.attempt)]));
    case 'nodes':
      return engine.change(() => {
        engine.nodes = { nodes: { choice: each.choice } } as unknown as NodesReport;
        engine.append(1);
      });
    case 'away':
      return engine.change(() => (engine.away = true));
    case 'back':
      return engine.change(() => (engine.away = false));
    case 'close':
      return engine.change(() => (engine.closed = true));
    case 'hint':
      for (const hub of hubs) hub.hint(RUN);
      return;
    case 'cut':
      return real.cut();
    case 'connect':
      return real.connect(each.index);
    case 'pass':
      return vi.advanceTimersByTimeAsync(each.ms);
  }
}

function activity(attempt: number): PendingActivityView {
  return {
    activityId: 'charge-payment',
    activityType: 'http.request',
    scheduledEventId: 0,
    state: 'started',
    attempt,
    maximumAttempts: 5,
    lastStartedMs: attempt * 1_000,
    nextAttemptMs: null,
    lastFailure: null,
    heartbeat: null,
    attempts: [],
  };
}

interface Story {
  steps: Step[];
  closes: boolean;
}
const story: fc.Arbitrary<Story> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
  closes: fc.boolean(),
});
const latencies = (...ms: number[]) => fc.array(fc.constantFrom(...ms), { minLength: 1, maxLength: 6 });

/** Plays a story, then reconnects everything; after a while the page shows what the engine has. */
async function playOut(
  { steps, closes }: Story,
  {
    engine: engineMs,
    wire: wireMs,
    hints,
    settleMs,
  }: { engine: number[]; wire: number[]; hints: boolean; settleMs: number }
): Promise<void> {
  const world = new World();
  try {
    const { engine, hubs } = world;
    engine.append(2);
    engine.latencies = [...engineMs];
    engine.pageSize = hints ? 100 : 3;
    world.wireLatencies = [...wireMs];
    if (hints) {
      engine.onChange = () => {
        // While the engine is away nothing arrives; after its return everything is read again.
        if (!engine.away) for (const hub of hubs) hub.hintAll();
      };
    }
    void world.open();
    await vi.advanceTimersByTimeAsync(10_000);
    for (const each of steps) await play(world, each, world);
    await play(world, { do: 'back' }, world);
    world.connect(0);
    await vi.advanceTimersByTimeAsync(closes ? 30 : 0);
    if (closes) await play(world, { do: 'close' }, world);
    await vi.advanceTimersByTimeAsync(settleMs);

    const { live } = world;
    expect(live?.events.map(({ id }) => id)).toEqual(engine.events.map(({ id }) => id));
    expect(live?.pending.map(({ attempt }) => attempt)).toEqual(engine.pending.map(({ attempt }) => attempt));
    expect(live?.nodes).toEqual(engine.nodes);
    expect(live?.nodesProblem).toBe(null);
    expect(live?.summary).toEqual(summary(engine.closed, engine.events.length));
    for (const ids of world.shown) expect(ids).toEqual(ids.map((_, index) => index + 1));
  } finally {
    world.close();
  }
}

describe('a watched run', () => {
  test('[RW1] after any outage the page shows what the engine has, and never a gap or a repeat', async () => {
    await fc.assert(
      fc.asyncProperty(story, latencies(0, 0, 5, 60, 900), latencies(0, 0, 5, 60, 900), async (told, engine, wire) => {
        // No hint is sent: changes without an event are found by the slow poll.
        await playOut(told, { engine, wire, hints: false, settleMs: 60_000 });
      }),
      { numRuns: RUNS }
    );
  });

  test('[RW5] with hints, pages show each change at once', async () => {
    await fc.assert(
      fc.asyncProperty(story, latencies(0, 5, 20), latencies(0, 5, 20), async (told, engine, wire) => {
        await playOut(told, { engine, wire, hints: true, settleMs: 2_000 });
      }),
      { numRuns: RUNS }
    );
  });

  test('[RW2] after a lost connection a browser receives only what it lacks', async () => {
    const world = new World();
    world.engine.append(10);
    await world.open();
    await vi.advanceTimersByTimeAsync(500);
    const { token } = await world.hubs[0].read(RUN);
    world.cut();
    await play(world, { do: 'append', count: 2 }, world);
    await vi.advanceTimersByTimeAsync(500);
    const { answer, leave } = await world.hubs[0].watch(RUN, token, () => {});
    leave();
    expect(answer).toMatchObject({ kind: 'resumed', delta: { events: [{ id: 11 }, { id: 12 }] } });
    world.close();
  });

  test('[RW3] the start and the end of an engine outage are reported, and the last data stays', async () => {
    const world = new World();
    world.engine.append(2);
    await world.open();
    await vi.advanceTimersByTimeAsync(500);
    await play(world, { do: 'away' }, world);
    world.hubs[0].hint(RUN);
    await vi.advanceTimersByTimeAsync(500);
    expect((await world.hubs[0].watch(RUN, null, () => {})).answer).toMatchObject({
      kind: 'snapshot',
      upstream: 'engineAway',
      live: { events: [{ id: 1 }, { id: 2 }] },
    });
    await play(world, { do: 'back' }, world);
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await world.hubs[0].watch(RUN, null, () => {})).answer).toMatchObject({ upstream: 'live' });
    world.close();
  });

  test('[RW4] an unknown token, or a token of a longer history, is answered with the whole history', async () => {
    const world = new World();
    world.engine.append(3);
    await world.open();
    await vi.advanceTimersByTimeAsync(500);
    for (const token of ['nonsense', 'abc.99.1.1', 'abc.-1.1.1', '']) {
      const { answer, leave } = await world.hubs[0].watch(RUN, token, () => {});
      leave();
      expect(answer.kind).toBe('snapshot');
    }
    world.close();
  });

  test.each([
    ['a hint', (engine: FakeEngine) => engine.change(() => (engine.pending = [activity(3)])), true],
    ['the end of its history', (engine: FakeEngine) => engine.change(() => (engine.closed = true)), false],
  ])('[RW6] a change during the first read, reported by %s, causes another read', async (_by, change, hinted) => {
    const world = new World();
    const { engine, hubs } = world;
    engine.append(2);
    // The first description is on its way, and later changes are not in it.
    engine.latencies = [0, 100, 0, 0, 0, 0, 0, 0];
    void world.open();
    await vi.advanceTimersByTimeAsync(50);
    change(engine);
    if (hinted) hubs[0].hint(RUN);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(world.live?.pending).toMatchObject(engine.pending.map(({ attempt }) => ({ attempt })));
    expect(world.live?.summary).toEqual(summary(engine.closed, 2));
    world.close();
  });

  test('[RW8] a run is never shown as closed while its last events are on their way', async () => {
    const world = new World();
    const { engine, hubs } = world;
    engine.append(2);
    await world.open();
    await vi.advanceTimersByTimeAsync(500);
    engine.change(() => {
      engine.append(7);
      engine.closed = true;
    });
    // The answers with the events take their time; the description is quick.
    engine.latencies = [300, 0, 0, 300, 0, 0];
    hubs[0].hint(RUN);
    const seen: [status: string, events: number][] = [];
    for (let ms = 0; ms < 3_000; ms += 10) {
      await vi.advanceTimersByTimeAsync(10);
      const { status, events } = await hubs[0].read(RUN);
      if (seen.at(-1)?.join() !== [status, events.length].join()) seen.push([status, events.length]);
    }
    expect(seen.at(-1)).toEqual(['completed', 9]);
    expect(seen.filter(([status, events]) => status === 'completed' && events < 9)).toEqual([]);
    world.close();
  });

  test('[RW9] a reader that knows how far the run was waits for that moment, but not for ever', async () => {
    const world = new World();
    const { engine, hubs } = world;
    engine.append(2);
    await world.open();
    await vi.advanceTimersByTimeAsync(500);
    engine.change(() => {
      engine.append(7);
      engine.closed = true;
    });
    engine.latencies = [100];
    const known = { historyLength: 9, isClosed: true };
    let read: RunLive | null = null;
    void hubs[0].read(RUN, known).then((live) => (read = live));
    await vi.advanceTimersByTimeAsync(100);
    expect(read).toBe(null);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(read).toMatchObject({ status: 'completed', events: { length: 9 } });
    // What never comes is not waited for.
    let late: RunLive | null = null;
    void hubs[0].read(RUN, { historyLength: 99, isClosed: true }).then((live) => (late = live));
    await vi.advanceTimersByTimeAsync(1_900);
    expect(late).toBe(null);
    await vi.advanceTimersByTimeAsync(200);
    expect(late).toMatchObject({ events: { length: 9 } });
    world.close();
  });

  test('[RW7] visiting many runs keeps few of them in memory, and always the one that is watched', async () => {
    const engine = new FakeEngine();
    engine.append(2);
    const hub = new Hub({ upstream: engine.upstream, hinted: () => true, emit: () => {} });
    const { leave } = await hub.watch(RUN, null, () => {});
    for (let each = 0; each < 200; each++) await hub.read({ workflowId: 'other', runId: `run-${each}` });
    const before = engine.asked.describe;
    await hub.read(RUN);
    await hub.read({ workflowId: 'other', runId: 'run-199' });
    expect(engine.asked.describe).toBe(before);
    // This run was dropped from memory, so it is read again.
    await hub.read({ workflowId: 'other', runId: 'run-0' });
    expect(engine.asked.describe).toBe(before + 1);
    engine.change(() => engine.append(1));
    await vi.advanceTimersByTimeAsync(1_000);
    // The watched run and the most recent ones are updated; the others were dropped.
    expect(engine.asked.describe).toBeLessThanOrEqual(before + 1 + 41);
    leave();
    await vi.advanceTimersByTimeAsync(20_000);
    const quiet = engine.asked.describe;
    engine.change(() => engine.append(1));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(engine.asked.describe).toBe(quiet);
    hub.close();
  });
});
