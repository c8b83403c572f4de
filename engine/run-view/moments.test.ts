/** The rules are in moments.ts. */
import { describe, expect, test } from 'vitest';
import { Moments } from './moments';
import type { RunEvent, RunFacts } from './model';
import { project } from './project';
import { manifestOf, orderDocument } from './testing/order';
import { HistoryWriter } from './testing/history';
import { runs } from './testing/runs';

const manifest = manifestOf(orderDocument);

/** As `Moments`, of a run that nobody looked at before. */
const fresh = (facts: RunFacts, count: number) => {
  const moments = new Moments();
  moments.update(facts.events);
  return moments.at(count, facts, manifest);
};

test.each(Object.entries(runs))(
  '[MOM1] after its last event, %s is the run of now without what no event tells',
  (_name, run) => {
    const facts = run();
    const then = fresh(facts, facts.events.length);
    const { status, settlements, lateAnswers, handedOver, passedOn } = facts;
    expect(then.facts).toMatchObject({ status, events: facts.events });
    const now = project({ ...then.facts, settlements, lateAnswers, handedOver, passedOn }, manifest);
    expect(then.projection).toEqual(now);
  }
);

test('[MOM1] nothing that came later is known', () => {
  const facts = runs.completed();
  for (let count = 1; count < facts.events.length; count++) {
    const { facts: then, projection } = fresh(facts, count);
    expect(then.status).toBe('running');
    expect(projection.ledger).toEqual(project(then, manifest).ledger);
    expect(then.events.at(-1)!.id).toBe(facts.events[count - 1]!.id);
    for (const row of projection.timeline) expect(row.startMs).toBeLessThanOrEqual(then.nowMs);
  }
});

describe('a long history', () => {
  /** A step that is done over and over. */
  const long = (rounds: number): RunFacts => {
    const writer = new HistoryWriter();
    for (let round = 1; round <= rounds; round++) writer.do(`reserve-inventory~${round}`);
    return writer.facts();
  };

  test('[MOM2] wherever a move leads, from wherever, it shows what reading from the start shows', () => {
    const facts = long(1_300);
    const moments = new Moments();
    moments.update(facts.events);
    const last = facts.events.length;
    expect(last).toBeGreaterThan(3_000);
    for (const count of [last, 1, 2_500, 1_000, 999, 1_001, 2_500, 2_000, last, 7]) {
      const { projection, facts: then } = moments.at(count, facts, manifest);
      expect(projection).toEqual(project(then, manifest));
    }
  });

  test('[MOM2] checkpoints stay when the run goes on, and go when it is another history', () => {
    const [some, more] = [long(700), long(1_300)];
    const grown: RunEvent[] = [...some.events, ...more.events.slice(some.events.length)];
    const moments = new Moments();
    moments.update(some.events);
    moments.at(some.events.length, some, manifest);
    moments.update(grown);
    const facts = { ...more, events: grown };
    expect(moments.at(grown.length - 5, facts, manifest).projection).toEqual(
      project(fresh(facts, grown.length - 5).facts, manifest)
    );
    const other = runs.completed();
    moments.update(other.events);
    expect(moments.at(3, other, manifest)).toEqual(fresh(other, 3));
  });
});

test('[MOM3] a call that is not answered yet was sent, or not yet, as its answer says', () => {
  const event = (id: number, timeMs: number, type: string, attributes: RunEvent['attributes'] = {}): RunEvent => ({
    id,
    timeMs,
    type,
    attributes,
  });
  const events = [
    event(1, 0, 'WorkflowExecutionStarted'),
    event(2, 1, 'WorkflowTaskCompleted'),
    event(3, 1, 'ActivityTaskScheduled', { activityId: 'charge-payment', retryPolicy: { maximumAttempts: 5 } }),
    event(4, 5, 'WorkflowExecutionSignaled', { signalName: 'hurry' }),
    event(5, 9, 'WorkflowExecutionSignaled', { signalName: 'hurry' }),
    event(6, 7, 'ActivityTaskStarted', { scheduledEventId: 3, attempt: 2 }),
    event(7, 12, 'ActivityTaskCompleted', { scheduledEventId: 3 }),
  ];
  const settlement = { activityId: 'charge-payment', found: 'undone' as const, by: 'Ada', reason: 'r', atMs: 10 };
  const facts: RunFacts = { ...runs.fresh(), events, settlements: [settlement] };
  const then = (count: number) => fresh(facts, count).facts;
  expect(then(4).pending).toMatchObject([{ activityId: 'charge-payment', state: 'scheduled', attempt: 1 }]);
  expect(then(5).pending).toMatchObject([{ state: 'started', attempt: 2, lastStartedMs: 7, maximumAttempts: 5 }]);
  expect(then(6).pending).toMatchObject([{ state: 'started', attempt: 2, lastStartedMs: 7 }]);
  expect(then(7).pending).toEqual([]);
  expect(then(6).settlements).toEqual([]);
  expect(then(7).settlements).toEqual([settlement]);
});
