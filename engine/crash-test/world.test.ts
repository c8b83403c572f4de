/** What all runs and the books say together, falsified in every way that the crash test must detect. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ShopKey } from '../examples/order-fulfilment/ledger';
import type { HistoryEvent } from '../history';
import { temporal } from '../proto';
import type { LedgerEntry } from '../run-view/model';
import { STATUS } from '../run-name';
import type { Calls } from './calls';
import { Collection } from './collection';
import type { JudgedRun } from './judged-run';
import { planMix, type RoundPlan } from './plan-mix';
import { Program } from './program';
import { Round } from './round';
import { Timetable } from './timetable';
import { judgeWorld } from './world';

const { EventType } = temporal.api.enums.v1;
const entry = (activityId: string, more: Partial<LedgerEntry> = {}): LedgerEntry =>
  ({ activityId, state: 'standing', happened: 'yes', heldBy: null, mayBeUndone: false, ...more }) as LedgerEntry;
const started = (more: object = {}): HistoryEvent => ({ workflowExecutionStartedEventAttributes: more });
const run = (workflowId: string, more: Partial<JudgedRun> = {}): JudgedRun =>
  ({
    workflowId,
    runId: `run of ${workflowId}`,
    status: STATUS.completed,
    searchAttributes: {},
    events: [started()],
    wakeAt: null,
    keys: new Map(),
    children: [],
    continues: '',
    entries: [],
    rest: { SagaPhase: null, SagaStanding: 0 },
    ...more,
  }) as JudgedRun;
const book = (key: string, more: Partial<ShopKey> = {}): ShopKey =>
  ({ key, kind: 'payment', orderId: 'o', state: 'applied', applied: 1, undone: 0, ...more }) as ShopKey;

describe('all runs and the books', () => {
  let parent: JudgedRun;
  let child: JudgedRun;
  let books: ShopKey[];
  let gone: { runIds: Set<string>; keys: Set<string> };
  const words = () => judgeWorld({ runs: [parent, child], books }, gone).join('; ');

  beforeEach(() => {
    // The child has handed its payment over.
    const inside = entry('pay', { heldBy: 'parent' });
    child = run('p/first', { keys: new Map([['pay', 'k1']]), entries: [inside] });
    parent = run('p', {
      keys: new Map([['fee', 'k2']]),
      children: [{ stepId: 'first', runIds: [child.runId] }],
      entries: [entry('first/pay'), entry('fee')],
    });
    books = [book('k1'), book('k2')];
    gone = { runIds: new Set(), keys: new Set() };
  });

  test('[CWD1] agree if each effect is counted once', () => {
    expect(words()).toBe('');
  });

  test('[CWD2] differ if an effect was applied or undone twice', () => {
    books[0] = book('k1', { applied: 2 });
    expect(words()).toContain('was applied 2 times');
    books[0] = book('k1', { applied: 1, undone: 2 });
    expect(words()).toContain('was undone 2 times');
  });

  test('[CWD3] differ if two runs count an effect, or none', () => {
    child = { ...child, entries: [entry('pay')] };
    expect(words()).toMatch(/is counted by p \(run of p\), first\/pay as \w+ and p\/first \(run of p\/first\), pay/);
    child = { ...child, entries: [entry('pay', { heldBy: 'parent' })] };
    parent = { ...parent, entries: [entry('fee')] };
    expect(words()).toContain('remains, and no run counts it');
  });

  test('[CWD3] differ if the effect of a run that continued as new is counted by the next one and by itself, or by none', () => {
    parent = run('p', { keys: new Map([['fee', 'k2']]), entries: [entry('fee', { heldBy: 'nextRun' })] });
    child = run('p', { runId: 'next', continues: parent.runId, entries: [entry('fee')] });
    books = [book('k2')];
    expect(words()).toBe('');
    parent = { ...parent, entries: [entry('fee')] };
    expect(words()).toMatch(/is counted by p \(run of p\), fee as \w+ and p \(next\), fee as \w+/);
    parent = { ...parent, entries: [] };
    child = { ...child, entries: [] };
    expect(words()).toContain('remains, and no run counts it');
  });

  test('[CWD4] differ if an effect that is counted was undone, or was never booked', () => {
    books[1] = book('k2', { undone: 1 });
    expect(words()).toContain('does not agree with p (run of p), fee');
    books.pop();
    expect(words()).toContain('counts fee, which is not booked');
  });

  test('[CWD5] differ if no run has sent a key, unless it was deleted', () => {
    books.push(book('k3'));
    expect(words()).toContain('k3 was sent by no run');
    gone.keys.add('k3');
    expect(words()).toBe('');
  });

  test('[CWD6] differ if a list says something else than the history, or a closed run owes something', () => {
    parent = { ...parent, searchAttributes: { SagaPhase: 'unwound' } };
    expect(words()).toContain('is listed as unwound 0, its history says null 0');
    parent = { ...parent, searchAttributes: {}, wakeAt: 1 };
    expect(words()).toContain('is closed, and others have to hear from it');
  });

  test('[CWD7] differ if a run of a chain is missing, unless it was deleted', () => {
    const event = { workflowExecutionContinuedAsNewEventAttributes: { newExecutionRunId: 'next' } };
    parent = { ...parent, events: [started(), event] };
    expect(words()).toContain('continues as no run');
    gone.runIds.add('next');
    expect(words()).toBe('');
  });
});

const calls = {} as Calls;
const signaled: HistoryEvent = { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED };

describe('a round', () => {
  const plan: RoundPlan = { name: 'round-1', operation: 'signal', toFirst: false, runs: 1 };
  const books = [
    book('a', { kind: 'reservation', orderId: 'round-1/0' }),
    book('b', { kind: 'payment', orderId: 'round-1/0' }),
  ];
  const judge = (events: HistoryEvent[], status: JudgedRun['status'] = STATUS.completed) =>
    new Round(plan, calls, '').judge({ runs: [run('round-1/0', { events, status })], books }).join('; ');

  test('[CWD8] must have done to each run exactly once what its batch does', () => {
    expect(judge([signaled])).not.toContain('round-1/0');
    expect(judge([])).toContain('round-1/0 is completed, 0 signals');
    expect(judge([signaled, signaled])).toContain('round-1/0 is completed, 2 signals');
    expect(judge([signaled], STATUS.running)).toContain('round-1/0 is running, 1 signals');
  });

  test('[CWD9] must count what its batch did', () => {
    expect(judge([signaled])).toContain('its batch counts 0 of 0 done and 0 failed; there were 1 runs');
  });
});

test('[CWD10] a program that nobody stopped has all runs of its chain, and what it was told once', () => {
  const [plan] = planMix(10, 1).programs;
  const laps = { steps: [], isParallel: false, fails: false, laps: 1 };
  const program = new Program({ ...plan!, workflowId: 'x', steps: laps, isDeleted: false }, calls);
  const first = run('x', { runId: '1', events: [started(), continuedAs('2')] });
  const second = run('x', { runId: '2', events: [started({ continuedExecutionRunId: '1' })] });
  expect(program.judge({ runs: [first, second], books: [] })).toEqual([]);
  expect(program.judge({ runs: [first], books: [] }).join('; ')).toContain('has 1 runs, and its chain has 2');
  const twice = { workflowExecutionSignaledEventAttributes: { requestId: 's' } };
  const told = { ...second, events: [...second.events, twice, twice] };
  expect(program.judge({ runs: [first, told], books: [] }).join('; ')).toContain('signal s arrived 2 times');
});
const continuedAs = (newExecutionRunId: string): HistoryEvent => ({
  workflowExecutionContinuedAsNewEventAttributes: { newExecutionRunId },
});

test('[CWD12] a collection has collected at every door once, or has given everything back, and was told once', () => {
  const [plan] = planMix(10, 1).collections;
  const collection = (own: 'goes-well' | 'card-declined') =>
    new Collection({ ...plan!, workflowId: 'x', doors: 2, own, isDeleted: false }, calls, '');
  const first = run('x', { runId: '1', status: STATUS.continuedAsNew, events: [started(), continuedAs('2')] });
  const second = run('x', { runId: '2', events: [started({ continuedExecutionRunId: '1' })] });
  const books = ['a', 'b', 'c'].map((key) => book(key, { orderId: 'x' }));
  const judge = (own: 'goes-well' | 'card-declined', runs: JudgedRun[], kept = books) =>
    collection(own).judge({ runs, books: kept }).join('; ');
  expect(judge('goes-well', [first, second])).toBe('');
  expect(judge('goes-well', [first])).toContain('0 of its 1 runs did not continue as new');
  expect(judge('goes-well', [second])).toContain('one run alone, for 2 doors');
  expect(judge('goes-well', [first, second], books.slice(1))).toContain('2 payments of 3 remain');
  expect(judge('card-declined', [first, second])).toContain('completed in card-declined');
  const failed = { ...second, status: STATUS.failed };
  expect(judge('goes-well', [first, failed], [])).toContain('went well, and closed as');
  expect(judge('card-declined', [first, failed], [])).toBe('');
  expect(judge('card-declined', [first, failed])).toContain('3 payments remain, and its ledger has 0');
  const remains = { ...failed, entries: [entry('pay')] };
  expect(judge('card-declined', [first, remains], books.slice(2))).toMatch(/x: pay is \w+/);
  const left = { ...failed, entries: [entry('pay', { state: 'undoFailed' })] };
  expect(judge('card-declined', [first, left], books.slice(2))).toBe('');
});

test('[CWD11] each time of a schedule is a run or is counted as skipped', () => {
  const plan = planMix(10, 1).timetables.find(({ overlap }) => overlap === 'ALLOW_ALL')!;
  const timetable = new Timetable({ ...plan, times: 2 }, calls, '');
  const at = (ms: number) => ({
    TemporalScheduledById: plan.scheduleId,
    TemporalScheduledStartTime: new Date(ms).toISOString(),
  });
  const runsAt = (...times: number[]) => times.map((ms) => run(`t-${ms}`, { searchAttributes: at(ms) }));
  const judge = (actionCount: number, ...times: number[]) => {
    timetable.known = { times: [1_000, 2_000], info: { actionCount: actionCount as never } };
    return timetable.judge({ runs: runsAt(...times), books: [] }).join('; ');
  };
  expect(judge(2, 1_000, 2_000)).toBe('');
  expect(judge(2, 1_000)).toContain('1970-01-01T00:00:02.000Z started 0 runs');
  expect(judge(3, 1_000, 2_000, 2_000)).toContain('1970-01-01T00:00:02.000Z started 2 runs');
  expect(judge(3, 1_000, 2_000)).toContain('it counts 3 runs, there are 2');
  expect(judge(3, 1_000, 2_000, 2_500)).toContain('1 runs by hand, after 0 triggers');
});
