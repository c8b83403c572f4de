import { expect, test } from 'vitest';
import { SCENARIOS } from '../examples/order-fulfilment/scenario';
import type { Plan } from '../worker/testing/workflows/plan';
import { planCrash, type CrashOptions } from './plan';

const options: CrashOptions = { runs: 200, engineKills: 10, postgresKills: 2, takeovers: 1, seed: 7 };

test('[CTP1] equal seeds make equal plans, and another seed makes another plan', () => {
  expect(planCrash(options)).toEqual(planCrash(options));
  expect(planCrash({ ...options, seed: 8 })).not.toEqual(planCrash(options));
});

test('[CTP2] the number of breaks does not change what runs', () => {
  const { breaks: _, apart: __, ...runs } = planCrash(options);
  expect(planCrash({ ...options, engineKills: 1, postgresKills: 5 })).toMatchObject(runs);
  expect(planCrash({ ...options, runs: 30 }).orders).toEqual(runs.orders.slice(0, 15));
});

test('[CTP3] all requested breaks are planned, in order of progress, early enough to affect orders', () => {
  const { breaks, orders } = planCrash(options);
  const kinds = breaks.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'killEngine')).toHaveLength(10);
  expect(kinds.filter((kind) => kind === 'killPostgres')).toHaveLength(2);
  expect(kinds.filter((kind) => kind === 'takeover')).toHaveLength(1);
  const moments = breaks.map(({ afterEvents }) => afterEvents);
  expect(moments).toEqual([...moments].sort((a, b) => a - b));
  expect(moments[0]).toBeGreaterThan(0);
  expect(moments.at(-1)).toBeLessThan(orders.length * 28 + 100 * 12);
});

test('[CTP4] a plan has every scenario and every answer', () => {
  const { orders } = planCrash(options);
  expect(new Set(orders.slice(0, SCENARIOS.length).map(({ input }) => input.scenario))).toEqual(new Set(SCENARIOS));
  expect(new Set(orders.map(({ approval }) => approval))).toEqual(new Set(['none', 'approve', 'reject', 'nobody']));
  expect(new Set(orders.map(({ failedUndo }) => failedUndo)).size).toBe(4);
  for (const { approval, input } of orders) expect(approval !== 'none').toBe(input.amount > 50_000);
});

test('[CTP5] a plan has every kind of run, every batch operation and every overlap policy', () => {
  for (const runs of [1, 24, 500]) {
    const { baskets, collections, programs, rounds, timetables } = planCrash({ ...options, runs });
    expect(new Set(collections.map(({ own }) => own))).toEqual(new Set(['goes-well', 'card-declined']));
    expect(baskets.length * programs.length).toBeGreaterThan(0);
    expect(new Set(rounds.map(({ operation }) => operation)).size).toBe(5);
    expect(new Set(timetables.map(({ overlap }) => overlap)).size).toBe(6);
  }
  const { orders, baskets, collections, programs, rounds, timetables } = planCrash({ ...options, runs: 500 });
  const ofRounds = rounds.reduce((sum, round) => sum + round.runs, 0);
  const ofTimes = timetables.reduce((sum, { times }) => sum + times, 0);
  expect(
    orders.length + baskets.length + collections.length + programs.length + ofRounds + ofTimes
  ).toBeGreaterThanOrEqual(500);
  const all = [...baskets, ...programs].map(({ disturbance }) => disturbance?.what);
  for (const what of ['cancel', 'reset', 'resetToFirst', 'resetToLast']) expect(all).toContain(what);
  expect(collections.some(({ cancelAfterLooks }) => cancelAfterLooks !== null)).toBe(true);
  expect(programs.some(({ steps }) => steps.laps)).toBe(true);
  expect([...baskets, ...collections, ...programs].some(({ isDeleted }) => isDeleted)).toBe(true);
  expect(orders.some(({ isReset }) => isReset)).toBe(true);
});

test('[CTP6] no program starts a child and cancels it at once: no workflow task may', () => {
  const { programs } = planCrash({ ...options, runs: 5_000 });
  const plansIn = (plan: Plan): Plan[] => [
    plan,
    ...plan.steps.flatMap((each) => (each.do === 'child' ? plansIn(each.plan) : [])),
  ];
  const cancelled = programs
    .flatMap(({ steps }) => plansIn(steps))
    .filter(({ isParallel }) => isParallel)
    .flatMap(({ steps }) => {
      const started = new Set(steps.flatMap((each) => (each.do === 'child' ? [each.id] : [])));
      return steps.filter((each) => each.do === 'cancel' && started.has(each.to));
    });
  expect(cancelled).toEqual([]);
});
