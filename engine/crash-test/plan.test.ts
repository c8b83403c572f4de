import { expect, test } from 'vitest';
import { SCENARIOS } from '../examples/order-fulfilment/scenario';
import { planCrash, type CrashOptions } from './plan';

const options: CrashOptions = { runs: 200, engineKills: 10, postgresKills: 2, takeovers: 1, seed: 7 };

test('[CTP1] equal seeds make equal plans, and another seed makes another plan', () => {
  expect(planCrash(options)).toEqual(planCrash(options));
  expect(planCrash({ ...options, seed: 8 })).not.toEqual(planCrash(options));
});

test('[CTP2] the number of breaks does not change the orders', () => {
  const { orders } = planCrash(options);
  expect(planCrash({ ...options, engineKills: 1, postgresKills: 5 }).orders).toEqual(orders);
  expect(planCrash({ ...options, runs: 30 }).orders).toEqual(orders.slice(0, 30));
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
  expect(moments.at(-1)).toBeLessThan(orders.length * 28);
});

test('[CTP4] a plan has every scenario and every answer', () => {
  const { orders } = planCrash(options);
  expect(new Set(orders.slice(0, SCENARIOS.length).map(({ input }) => input.scenario))).toEqual(new Set(SCENARIOS));
  expect(new Set(orders.map(({ approval }) => approval))).toEqual(new Set(['none', 'approve', 'reject', 'nobody']));
  expect(new Set(orders.map(({ failedUndo }) => failedUndo)).size).toBe(4);
  for (const { approval, input } of orders) expect(approval !== 'none').toBe(input.amount > 50_000);
});
