/** What a rule would have opened in the last seven days, where that can be known from what is stored; else why it cannot. */
import { SHOWN_FIRINGS, type AlertCondition, type AlertPast, type PreviewAlertRule } from '@/app/_contract/alerts';
import { alertTitle } from '@/app/_contract/alert-words';
import { titlesOf } from '../attention/list';
import { firings, firingsOfSpans, type Timing } from './backtest';
import { isRate, rateOf, type Looker, type Rate } from './conditions';
import { endedOfFlows, type FlowCell } from './rates';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
/** Cells of a week are as many as a question may answer with. */
const SHORTEST_CELL_MS = 5 * MINUTE_MS;
const TASKS_MOST = 5_000;

const UNKNOWN: Partial<Record<AlertCondition['kind'], string>> = {
  undoFailed: 'which runs needed somebody then is not stored, only which do now',
  effectRemains: 'what remained then is not stored, only what does now',
  stuck: 'since when steps were retried then is not stored, only for those of now',
  noWorker: 'who served queues then is not stored',
  eventsStopped: 'when deliveries failed then is not stored',
};

export async function pastOf(web: Looker, asked: PreviewAlertRule, now: Date): Promise<AlertPast | string> {
  const { condition, flows, holdSeconds, clearSeconds } = asked;
  const why = UNKNOWN[condition.kind];
  if (why !== undefined) return why;
  if (web.config.foreignCluster) return 'a Temporal cluster does not count what ended by time';
  const [toMs, holdMs, clearMs] = [now.getTime(), holdSeconds * 1_000, clearSeconds * 1_000];
  const timing = { fromMs: toMs - WEEK_MS, toMs, perMs: MINUTE_MS, holdMs, clearMs };
  const isMeant = (flow: string) => flows.length === 0 || flows.includes(flow);
  const found = isRate(condition)
    ? await ofRate(web, rateOf(condition), isMeant, timing)
    : condition.kind === 'overdue'
      ? await ofTasks(web, condition.minutes, isMeant, timing)
      : [];
  const moments = found.flatMap(({ flow, step, times }) => times.map((atMs) => ({ flow, step, atMs })));
  moments.sort((a, b) => b.atMs - a.atMs);
  const newest = await Promise.all(
    moments.slice(0, SHOWN_FIRINGS).map(async ({ flow, step, atMs }) => {
      const versions = (await web.catalogue.listOrLast()).filter((each) => each.flow === flow);
      const type = versions.sort((a, b) => b.version - a.version)[0]?.workflowType;
      const titles = type === undefined ? null : await titlesOf(web, type, step);
      const facts = { error: '', count: null, firstMs: null, firstVersion: null, measured: null, page: '' };
      const own = { title: titles?.title ?? flow, stepTitle: titles?.stepTitle ?? step };
      return { atMs, title: alertTitle(condition, { ...facts, ...own }) };
    })
  );
  const withinMinutes = isRate(condition) ? cellMs(condition.minutes) / MINUTE_MS : 1;
  return { count: moments.length, newest, withinMinutes };
}

interface Fired {
  flow: string;
  step: string | null;
  times: number[];
}

const cellMs = (minutes: number): number => Math.max(SHORTEST_CELL_MS, Math.floor(minutes / 10) * MINUTE_MS);

async function ofRate(web: Looker, rate: Rate, isMeant: (flow: string) => boolean, timing: Timing): Promise<Fired[]> {
  const { minutes, query, isWanted, wantedOf, holds } = rate;
  // A window that is shorter than a cell is one cell.
  const perMs = cellMs(minutes);
  const windowMs = Math.max(perMs, minutes * MINUTE_MS);
  const cells = await endedOfFlows(web, { ...query, sinceMs: timing.fromMs - windowMs - perMs, perMs });
  const subjects = new Map<string, FlowCell[]>();
  for (const cell of cells) {
    if (!isMeant(cell.flow) || !isWanted(cell)) continue;
    const key = JSON.stringify([cell.flow, cell.step]);
    subjects.set(key, [...(subjects.get(key) ?? []), cell]);
  }
  return [...subjects.values()].map((own) => ({
    flow: own[0]!.flow,
    step: own[0]!.step || null,
    times: firings(
      own.map((cell) => ({ atMs: cell.atMs, ended: cell.ended, wanted: wantedOf(cell) })),
      windowMs,
      holds,
      { ...timing, perMs }
    ),
  }));
}

/** An approval was overdue from its due time until it was settled. */
async function ofTasks(
  { database, config }: Looker,
  minutes: number,
  isMeant: (flow: string) => boolean,
  timing: Timing
): Promise<Fired[]> {
  const { fromMs, toMs } = timing;
  const tasks = await database.humanTask.findMany({
    where: {
      namespace: config.namespace,
      flow: { not: '' },
      dueAt: { lt: new Date(toMs) },
      OR: [{ settledAt: null }, { settledAt: { gt: new Date(fromMs) } }],
    },
    select: { flow: true, nodeId: true, dueAt: true, settledAt: true },
    orderBy: { dueAt: 'desc' },
    take: TASKS_MOST,
  });
  const groups = new Map<string, { flow: string; step: string; spans: [number, number][] }>();
  for (const { flow, nodeId, dueAt, settledAt } of tasks) {
    const span: [number, number] = [dueAt!.getTime() + minutes * MINUTE_MS, settledAt?.getTime() ?? toMs];
    if (!isMeant(flow) || span[0] >= span[1]) continue;
    const key = JSON.stringify([flow, nodeId]);
    const group = groups.get(key) ?? { flow, step: nodeId, spans: [] };
    group.spans.push(span);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ flow, step, spans }) => ({ flow, step, times: firingsOfSpans(spans, timing) }));
}
