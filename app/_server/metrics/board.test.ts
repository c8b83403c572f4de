/**
 * The board for Grafana (engine/metrics/board.json).
 *
 * [BRD1] Every query is PromQL, and names only measurements and labels that a process has; a legend names only labels that
 *        the query keeps.
 * [BRD2] Every measurement of Backstitch is either on the board or named as left out.
 */
import { parser } from '@prometheus-io/lezer-promql';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { EngineMetrics } from '@/engine/metrics/engine-metrics';
import { readJson } from '@/engine/flow/values/json';
import type { Web } from '../web';
import { WebMetrics } from './web-metrics';

const boardSchema = z.object({
  templating: z.object({ list: z.array(z.object({ name: z.string(), definition: z.string().optional() })) }),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      type: z.enum(['row', 'stat', 'timeseries']),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    })
  ),
});
const path = fileURLToPath(new URL('../../../engine/metrics/board.json', import.meta.url));
const board = boardSchema.parse(readJson(readFileSync(path, 'utf8')));

/** Labels that Prometheus adds to each series. */
const OF_PROMETHEUS = ['job', 'instance'];

async function namesOf(registry: Registry): Promise<[name: string, labels: string[]][]> {
  const all = (await registry.getMetricsAsJSON()) as MetricObjectWithValues<MetricValue<string>>[];
  return all.flatMap(({ name, type }) => {
    const metric = registry.getSingleMetric(name) as unknown as { labelNames: string[] };
    const labels = [...metric.labelNames, ...OF_PROMETHEUS];
    if (String(type) !== 'histogram') return [[name, labels]];
    return [
      [`${name}_bucket`, [...labels, 'le']],
      [`${name}_sum`, labels],
      [`${name}_count`, labels],
    ];
  });
}

async function allNames(): Promise<Map<string, string[]>> {
  const engine = new EngineMetrics({ flowOf: () => undefined, version: '1' });
  engine.observe({
    countRuns: () => Promise.reject(new Error('not here')),
    backlogs: () => [],
    now: () => 0,
    holdsLease: true,
    runsInMemory: 0,
  });
  const web = new WebMetrics({ database: {} as Web['database'], liveSockets: () => 0 });
  return new Map([...(await namesOf(engine.registry)), ...(await namesOf(web.registry))]);
}

interface Read {
  names: string[];
  labels: string[];
  /** By which it is grouped; null: it keeps all. */
  kept: string[] | null;
  isBroken: boolean;
}

/** Of a query; Grafana's variables are filled in. */
function readQuery(expr: string): Read {
  const text = expr.replaceAll('$__rate_interval', '5m').replaceAll('$flow', '.*');
  const read: Read = { names: [], labels: [], kept: null, isBroken: false };
  const isAggregated = /^(sum|max|min|avg|histogram_quantile)\b/.test(text);
  const groups: string[] = [];
  parser.parse(text).iterate({
    enter({ name, from, to, type, node }) {
      if (type.isError) read.isBroken = true;
      const word = text.slice(from, to);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') read.names.push(word);
      if (name !== 'LabelName') return;
      read.labels.push(word);
      if (node.parent?.name === 'GroupingLabels') groups.push(word);
    },
  });
  if (isAggregated) read.kept = groups;
  return read;
}

const faultsOf = (expr: string, legend: string, known: ReadonlyMap<string, readonly string[]>): string[] => {
  const { names, labels, kept, isBroken } = readQuery(expr);
  const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
  const all = names.flatMap((name) => known.get(name) ?? []);
  return [
    ...(isBroken || names.length === 0 ? [`not PromQL: ${expr}`] : []),
    ...names.filter((name) => !known.has(name)).map((name) => `no measurement '${name}'`),
    ...labels
      .filter((label) => !names.every((name) => known.get(name)?.includes(label)))
      .map((label) => `no label '${label}': ${expr}`),
    ...shown.filter((label) => !(kept ?? all).includes(label)).map((label) => `not in the result: '${label}': ${expr}`),
  ];
};

it('[BRD1] every query of the board names measurements and labels that exist', async () => {
  const known = await allNames();
  const targets = board.panels.flatMap((panel) => panel.targets);
  expect(targets.length).toBeGreaterThan(20);
  expect(targets.flatMap(({ expr, legendFormat }) => faultsOf(expr, legendFormat, known))).toEqual([]);
  const [, name = '', label = ''] =
    /^label_values\((\w+), (\w+)\)$/.exec(
      board.templating.list.find((each) => each.name === 'flow')?.definition ?? ''
    ) ?? [];
  expect(known.get(name)).toContain(label);
});

it('[BRD1] the check finds what is wrong with a query', async () => {
  const known = await allNames();
  const faults = (expr: string, legend = '') => faultsOf(expr, legend, known);
  expect(faults('sum by (flow) (rate(backstitch_runs_started_total[5m]))', '{{flow}}')).toEqual([]);
  expect(faults('sum(backstitch_runs_begun_total)')).toEqual(["no measurement 'backstitch_runs_begun_total'"]);
  expect(faults('sum(backstitch_open_runs{flow="a"})')[0]).toMatch(/no label 'flow'/);
  expect(faults('sum by (run) (backstitch_open_runs)')[0]).toMatch(/no label 'run'/);
  expect(faults('sum(backstitch_open_runs)', '{{state}}')[0]).toMatch(/not in the result: 'state'/);
  expect(faults('sum(backstitch_open_runs')[0]).toMatch(/not PromQL/);
  // A histogram has no series of its own name.
  expect(faults('rate(backstitch_commit_duration_seconds[5m])')[0]).toMatch(/no measurement/);
});

/** What a board of all engines does not need. */
const LEFT_OUT = [
  'backstitch_build_info',
  'backstitch_web_build_info',
  'backstitch_steps_total',
  'backstitch_runs_with_effects_remaining',
  'backstitch_runs_counted_timestamp_seconds',
  'backstitch_web_outbox_oldest_due_age_seconds',
  'backstitch_web_event_oldest_undelivered_age_seconds',
];

it('[BRD2] every measurement of Backstitch is on the board, or left out on purpose', async () => {
  const plain = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
  const shown = new Set(
    board.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => readQuery(expr).names.map(plain)))
  );
  const own = new Set([...(await allNames()).keys()].filter((name) => name.startsWith('backstitch_')).map(plain));
  expect([...own].filter((name) => !shown.has(name)).sort()).toEqual([...LEFT_OUT].sort());
});

it('[BRD1] no two panels lie on each other, and each has an id of its own', () => {
  const { panels } = board;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const overlap = panels.flatMap(({ title, gridPos: a }, at) =>
    panels.slice(at + 1).flatMap(({ title: other, gridPos: b }) => {
      const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      return apart ? [] : [`${title} and ${other}`];
    })
  );
  expect(overlap).toEqual([]);
});
