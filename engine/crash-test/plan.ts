/**
 * The plan of a crash test, drawn from its seed: the orders, the answers of people, everything else that runs
 * (plan-mix.ts), and what is broken when. Pure.
 *
 * A break is placed by progress, not by the clock: it happens when the runs have written a given number of events in
 * total. Each concern draws from a generator of its own, so a different number of kills does not change the orders.
 */
import { SCENARIOS, type Scenario } from '../examples/order-fulfilment/scenario';
import { planMix, type MixPlan } from './plan-mix';
import { Random } from './random';

export interface CrashOptions {
  /** That clients and schedules start. Their children, and the next runs of their chains, come on top. */
  runs: number;
  /** kill -9 of the engine. */
  engineKills: number;
  /** kill -9, or an immediate shutdown, of PostgreSQL. */
  postgresKills: number;
  /** SIGSTOP of the engine, takeover by another one, SIGCONT. */
  takeovers: number;
  seed: number;
}

export interface OrderPlan {
  workflowId: string;
  /** The id of the start request, which is repeated until it is acknowledged. */
  requestId: string;
  input: OrderInput;
  /** The result of its approval, if it needs one. */
  approval: 'none' | 'approve' | 'reject' | 'nobody';
  /** The decision of the operator if an undo fails for good. */
  failedUndo: 'leave' | 'doneByHand' | 'retry' | 'nobody';
  /** 'Stop and undo' once the run has this many events; null for never. */
  cancelAfterEvents: number | null;
  /** Delivery notes that are requested while it runs, each by an update. */
  notes: string[];
  /** Signals that are sent to the run. The run never waits for them, but they must be in its history. */
  remarks: number;
  /** While it waits for its approval, it is reset to before its first effect. */
  isReset: boolean;
}

export interface OrderInput {
  orderId: string;
  customer: { name: string; email: string };
  items: { sku: string; quantity: number }[];
  /** Minor units; above 50,000 an approval is needed. */
  amount: number;
  currency: string;
  address: string;
  deliveryNote: string;
  scenario: Scenario;
}

export type Break =
  /**
   * `onPromise`: at the moment when the next change is acknowledged, because then an acknowledgement that came too
   * early would be visible.
   */
  | { kind: 'killEngine'; afterEvents: number; onPromise: boolean }
  | { kind: 'killPostgres'; afterEvents: number; signal: 'SIGKILL' | 'SIGQUIT' }
  | { kind: 'takeover'; afterEvents: number };

export interface CrashPlan extends MixPlan {
  seed: number;
  orders: OrderPlan[];
  /** In the order in which they happen. */
  breaks: Break[];
  /**
   * The minimum number of events between the end of one break and the next one. The next one happens later if
   * necessary.
   */
  apart: number;
}

const SKUS = ['THREAD-40', 'SCISSORS-8', 'LINEN-3M', 'MACHINE-1'];
/** The minimum number of events of a run, by what goes wrong for its order. */
const EVENTS: Record<Scenario, number> = {
  'goes-well': 28,
  'card-declined': 24,
  'shipment-down': 36,
  'answer-lost': 28,
  'applies-after-timeout': 28,
  'refund-fails': 32,
};
const EVENTS_OF_APPROVAL = 14;
const EVENTS_WHEN_REJECTED = 26;
const EVENTS_WHEN_CUT_SHORT = 10;

/** Of others, with their children; less than they usually write. */
const EVENTS_OF_BASKET = 30;
const EVENTS_OF_DOOR = 5;
const EVENTS_OF_PROGRAM = 15;
const EVENTS_OF_ROUND = 18;
const EVENTS_OF_TIME = 6;
const SHARE_OF_ORDERS = 0.5;

export function planCrash(options: CrashOptions): CrashPlan {
  const { runs, seed } = options;
  const random = Random.of(seed, 'orders');
  const orders = Array.from({ length: Math.ceil(runs * SHARE_OF_ORDERS) }, (_, index) => planOrder(random, index));
  const mix = planMix(runs, seed);
  const certain =
    orders.reduce((sum, order) => sum + eventsOf(order), 0) +
    mix.baskets.length * EVENTS_OF_BASKET +
    mix.collections.reduce((sum, { doors }) => sum + Math.min(doors, 8) * EVENTS_OF_DOOR, 0) +
    mix.programs.length * EVENTS_OF_PROGRAM +
    mix.rounds.reduce((sum, round) => sum + round.runs * EVENTS_OF_ROUND, 0) +
    mix.timetables.reduce((sum, { times }) => sum + times * EVENTS_OF_TIME, 0);
  const breaks = planBreaks(options, certain);
  return { seed, orders, ...mix, breaks, apart: Math.floor(certain / (breaks.length + 1) / 4) };
}

function planOrder(random: Random, index: number): OrderPlan {
  const orderId = `order-${String(index + 1).padStart(4, '0')}`;
  // The first ones are taken in turn, so that a small test has them all too.
  const scenario = SCENARIOS[index] ?? random.pick(SCENARIOS);
  const large = random.chance(0.35);
  const skus = random.shuffle(SKUS).slice(0, random.between(1, 2));
  const approval = large
    ? random.pick(['approve', 'approve', 'approve', 'reject', 'reject', 'nobody'] as const)
    : ('none' as const);
  // An order whose question nobody answers must be stopped before it waits.
  const cancelledBy = approval === 'nobody' ? 12 : 30;
  return {
    workflowId: orderId,
    requestId: `start-${orderId}`,
    input: {
      orderId,
      customer: { name: 'Ada Byron', email: 'ada@example.com' },
      items: skus.map((sku) => ({ sku, quantity: random.between(1, 3) })),
      amount: large ? random.between(50_001, 200_000) : random.between(1, 50_000),
      currency: random.pick(['EUR', 'USD', 'GBP']),
      address: 'Hauptstraße 12, 10827 Berlin',
      deliveryNote: '',
      scenario,
    },
    approval,
    failedUndo: random.pick(['leave', 'doneByHand', 'retry', 'nobody']),
    cancelAfterEvents: random.chance(0.12) ? random.between(4, cancelledBy) : null,
    notes: Array.from(
      { length: random.chance(0.4) ? random.between(1, 2) : 0 },
      (_, note) => `${orderId}, note ${note}`
    ),
    remarks: random.chance(0.3) ? random.between(1, 3) : 0,
    isReset: random.chance(0.25) && approval !== 'none',
  };
}

/**
 * Each break gets a section of its own of the events that the runs certainly write, so that every break happens and
 * affects some of the runs.
 */
function planBreaks(options: CrashOptions, certain: number): Break[] {
  const random = Random.of(options.seed, 'breaks');
  const kinds = random.shuffle<Break['kind']>([
    ...Array<'killEngine'>(options.engineKills).fill('killEngine'),
    ...Array<'killPostgres'>(options.postgresKills).fill('killPostgres'),
    ...Array<'takeover'>(options.takeovers).fill('takeover'),
  ]);
  const from = certain * 0.05;
  const stretch = (certain * 0.85 - from) / kinds.length;
  return kinds.map((kind, index): Break => {
    const afterEvents = Math.ceil(from + stretch * (index + random.next()));
    if (kind === 'takeover') return { kind, afterEvents };
    if (kind === 'killEngine') return { kind, afterEvents, onPromise: random.chance(0.5) };
    return { kind, afterEvents, signal: random.pick(['SIGKILL', 'SIGQUIT']) };
  });
}

function eventsOf({ approval, cancelAfterEvents, input }: OrderPlan): number {
  if (approval === 'nobody' || cancelAfterEvents !== null) return EVENTS_WHEN_CUT_SHORT;
  if (approval === 'reject') return EVENTS_WHEN_REJECTED;
  return EVENTS[input.scenario] + (approval === 'approve' ? EVENTS_OF_APPROVAL : 0);
}
