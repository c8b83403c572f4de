/** The plan of everything but the orders: baskets, collections, programs, rounds of batches and schedules. Pure. */
import { SCENARIOS, type Scenario } from '../examples/order-fulfilment/scenario';
import type { Plan, Step } from '../worker/testing/workflows/plan';
import { Random } from './random';

export interface BasketPlan {
  workflowId: string;
  /** What goes wrong for the errand that it waits for, for the other one, and for its own fee. */
  first: Scenario;
  beside: Scenario;
  own: Scenario;
  disturbance: { what: 'cancel' | 'resetToFirst' | 'resetToLast'; afterEvents: number } | null;
  isDeleted: boolean;
}

export interface CollectionPlan {
  workflowId: string;
  /** Doors at which it collects, one a round. */
  doors: number;
  /** What goes wrong at the doors, and for its own fee. */
  atDoors: Scenario;
  own: Scenario;
  signals: number;
  cancelAfterLooks: number | null;
  isDeleted: boolean;
}

export interface ProgramPlan {
  workflowId: string;
  steps: Plan;
  /** By a client, to whichever run is the current one. */
  signals: number;
  disturbance: { what: 'cancel' | 'reset'; afterLooks: number } | null;
  isDeleted: boolean;
}

export interface RoundPlan {
  name: string;
  operation: 'signal' | 'cancel' | 'terminate' | 'delete' | 'reset';
  /** A reset to the first workflow task, before the first effect. */
  toFirst: boolean;
  runs: number;
}

export interface TimetablePlan {
  scheduleId: string;
  overlap: 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'CANCEL_OTHER' | 'TERMINATE_OTHER' | 'ALLOW_ALL';
  everySeconds: number;
  times: number;
  isTriggered: boolean;
  /** It starts errands; otherwise the program, which outlasts its interval. */
  hasEffects: boolean;
  steps: Plan;
}

export interface MixPlan {
  baskets: BasketPlan[];
  collections: CollectionPlan[];
  programs: ProgramPlan[];
  rounds: RoundPlan[];
  timetables: TimetablePlan[];
}

const OPERATIONS = ['signal', 'cancel', 'terminate', 'delete', 'reset', 'reset'] as const;
const OVERLAPS = ['SKIP', 'BUFFER_ONE', 'BUFFER_ALL', 'CANCEL_OTHER', 'TERMINATE_OTHER', 'ALLOW_ALL'] as const;
const EVERY_SECONDS = 3;
/** Runs that clients and schedules start: of ten, five are orders (plan.ts). */
const SHARES = { baskets: 0.1, collections: 0.04, programs: 0.1, rounds: 0.2, timetables: 0.06 };

/** `runs`: of the whole test. */
export function planMix(runs: number, seed: number): MixPlan {
  const random = (concern: string) => Random.of(seed, concern);
  const of = (share: number, parts: number, least: number) => Math.max(least, Math.round((runs * share) / parts));
  const baskets = random('baskets');
  const collections = random('collections');
  const programs = random('programs');
  const rounds = random('rounds');
  return {
    baskets: listOf(of(SHARES.baskets, 1, 1), (index) => planBasket(baskets, index)),
    collections: listOf(of(SHARES.collections, 1, 2), (index) => planCollection(collections, index)),
    programs: listOf(of(SHARES.programs, 1, 1), (index) => planProgram(programs, index)),
    rounds: OPERATIONS.map((operation, index) => ({
      name: `round-${index + 1}`,
      operation,
      toFirst: index === OPERATIONS.length - 1 || rounds.chance(0.5),
      runs: of(SHARES.rounds, OPERATIONS.length, 2),
    })),
    timetables: OVERLAPS.map((overlap) => ({
      scheduleId: `times-${overlap.toLowerCase().replace('_', '-')}`,
      overlap,
      everySeconds: EVERY_SECONDS,
      times: of(SHARES.timetables, OVERLAPS.length, 3),
      // Runs that are allowed beside others are not started while one is to be stopped for the next.
      isTriggered: !overlap.endsWith('OTHER'),
      hasEffects: overlap === 'ALLOW_ALL' || overlap === 'BUFFER_ALL',
      steps: { steps: [{ do: 'sleep', ms: EVERY_SECONDS * 1_500 }], isParallel: false, fails: false },
    })),
  };
}

const listOf = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index));
const numbered = (name: string, index: number) => `${name}-${String(index + 1).padStart(3, '0')}`;

function planBasket(random: Random, index: number): BasketPlan {
  const wrong = SCENARIOS.filter((scenario) => scenario !== 'shipment-down');
  const disturbed = random.chance(0.35);
  const what = random.pick(['cancel', 'resetToFirst', 'resetToLast'] as const);
  const afterEvents = random.between(5, 24);
  return {
    workflowId: numbered('basket', index),
    first: random.pick(wrong),
    beside: random.pick(wrong),
    own: random.pick(['goes-well', 'goes-well', 'answer-lost', 'card-declined', 'card-declined']),
    disturbance: disturbed ? { what, afterEvents } : null,
    isDeleted: random.chance(0.15),
  };
}

function planCollection(random: Random, index: number): CollectionPlan {
  return {
    workflowId: numbered('collection', index),
    doors: random.between(8, 24),
    atDoors: random.pick(['goes-well', 'goes-well', 'answer-lost']),
    // One of the first two goes well, and the other one goes back from door to door.
    own: index < 2 ? (['goes-well', 'card-declined'] as const)[index]! : random.pick(['goes-well', 'card-declined']),
    signals: random.between(0, 3),
    cancelAfterLooks: index >= 2 && random.chance(0.3) ? random.between(4, 30) : null,
    isDeleted: index >= 2 && random.chance(0.15),
  };
}

const DEEPEST = 2;
const CLOSE_POLICIES = ['TERMINATE', 'REQUEST_CANCEL', 'ABANDON'] as const;

function planProgram(random: Random, index: number): ProgramPlan {
  const workflowId = numbered('program', index);
  const ids = ['', '/1', '/2', '/1/1', '/nobody'].map((end) => workflowId + end);
  const plan = (id: string, depth: number): Plan => ({
    ...together(
      listOf(random.between(1, 3), (at) => step(id, at, depth)),
      random.chance(0.5)
    ),
    fails: random.chance(0.2),
    // Runs of a chain begin a second apart, and each starts its children again.
    laps: random.chance(0.4) ? random.between(1, depth === DEEPEST ? 3 : 1) : 0,
  });
  const step = (id: string, at: number, depth: number): Step => {
    const kind = random.between(0, depth > 0 ? 5 : 3);
    if (kind === 0) return { do: 'sleep', ms: random.between(200, 2_000) };
    if (kind === 1) return { do: 'cancel', to: random.pick(ids.slice(1)) };
    if (kind < 4) return { do: 'signal', to: random.pick(ids) };
    const child = `${id}/${at + 1}`;
    return {
      do: 'child',
      id: child,
      plan: plan(child, depth - 1),
      policy: random.pick(CLOSE_POLICIES),
      isSignaled: random.chance(0.5),
      isLeft: random.chance(0.3),
    };
  };
  // One workflow task cannot start a child and cancel it, here as on a Temporal server: it would fail for ever.
  const together = (steps: Step[], isParallel: boolean): Pick<Plan, 'steps' | 'isParallel'> => {
    const started = new Set(steps.flatMap((each) => (each.do === 'child' ? [each.id] : [])));
    const apart = (each: Step): Step =>
      each.do === 'cancel' && started.has(each.to) ? { ...each, to: `${workflowId}/nobody` } : each;
    return { steps: isParallel ? steps.map(apart) : steps, isParallel };
  };
  const steps = plan(workflowId, DEEPEST);
  // Each has something to wait for, so that kills meet it.
  steps.steps.push({ do: 'sleep', ms: random.between(500, 2_500) });
  const what = random.pick(['cancel', 'reset'] as const);
  return {
    workflowId,
    steps: { ...steps, fails: false },
    signals: random.between(0, 3),
    disturbance: random.chance(0.3) ? { what, afterLooks: random.between(2, 12) } : null,
    isDeleted: random.chance(0.2),
  };
}
