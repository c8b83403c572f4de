/**
 * What a condition finds now: one subject for each group, flow, queue or subscription that it holds for, never one for each
 * run. Rejects while a part that it asks is away; then nothing is known, which is not the same as nothing being found.
 *
 * Rules
 * [ALC1] A subject is a group of the page Attention (flow, reason, step, error), a flow, a queue or a subscription. Its name is
 *        the same as long as it is the same thing.
 * [ALC2] Facts are names, counts, times and the name of an error. What an error says may quote data, so it is left out.
 * [ALC3] What is counted of a flow are its runs, over all of its versions; a queue is one in which runs wait.
 * [ALC4] A step of a flow is a subject of its own. How long steps took is counted by the engine (engine/service/step-times.ts).
 */
import type { AlertCondition, AlertFacts } from '@/app/_contract/alerts';
import { pages } from '@/app/_contract/routes';
import { readPayload } from '@/engine/flow/values/json';
import { temporal } from '@/engine/proto';
import { durationMs } from '@/engine/proto-time';
import type { EndedQuery } from '@/engine/store/port';
import { groupsOfRuns, overdueApprovals, titlesOf, type Found, type Lister } from '../attention/list';
import { searchOf, whereOf } from '../attention/search';
import { reading } from '../engine';
import { Refusal } from '../failure';
import { flowClause, typeClause } from '../runs/visibility';
import type { Web } from '../web';
import { endedOfFlows, Remembered, type FlowCell } from './rates';
import { subjectOfGroup } from './silences';

export type Looker = Lister & Pick<Web, 'versions'>;
export interface Subject {
  subject: string;
  /** Null: of no flow. */
  flow: string | null;
  facts: AlertFacts;
}

const MINUTE_MS = 60_000;
/** Failed runs are no subject of a condition about groups; the engine asks for a period all the same. */
const DAYS = 7;
/** Lists begin with the newest run: of so many of a group, the attempts of the oldest are looked at. */
const LISTED_MOST = 50;
const DESCRIBED_MOST = 10;
const QUEUE_RUNS_MOST = 200;
const OWN_QUEUE = 'backstitch';
const FAILED = "ExecutionStatus IN ('Failed', 'TimedOut')";
const ENDED = "ExecutionStatus IN ('Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut')";

export type RateCondition = Extract<AlertCondition, { kind: 'failureRate' | 'slow' | 'slowStep' }>;
export const isRate = (condition: AlertCondition): condition is RateCondition =>
  condition.kind === 'failureRate' || condition.kind === 'slow' || condition.kind === 'slowStep';

/** What a condition about rates asks for, and when it holds for what ended within its window. */
export interface Rate {
  minutes: number;
  query: Pick<EndedQuery, 'of' | 'slowerThanMs'>;
  isWanted(cell: FlowCell): boolean;
  wantedOf(cell: FlowCell): number;
  holds(sum: { ended: number; wanted: number }): boolean;
  words(wanted: number, ended: number): string;
}
export function rateOf(condition: RateCondition): Rate {
  const { minutes, runs } = condition;
  const all = { minutes, isWanted: () => true };
  const longer = (wanted: number, ended: number) => `${wanted} of ${ended} runs took longer`;
  const isOften = ({ ended, wanted }: { ended: number; wanted: number }) => ended >= runs && wanted * 20 > ended;
  switch (condition.kind) {
    case 'failureRate':
      return {
        ...all,
        query: { of: 'runs', slowerThanMs: 0 },
        wantedOf: ({ failed }) => failed,
        holds: ({ ended, wanted }) => ended >= runs && wanted * 100 > ended * condition.percent,
        words: (wanted, ended) => `${wanted} of ${ended} runs failed`,
      };
    case 'slow':
      return {
        ...all,
        query: { of: 'runs', slowerThanMs: condition.seconds * 1_000 },
        wantedOf: ({ slower }) => slower,
        holds: condition.of === 'any' ? ({ wanted }) => wanted > 0 : isOften,
        words: longer,
      };
    case 'slowStep':
      return {
        minutes,
        query: { of: 'steps', slowerThanMs: condition.seconds * 1_000 },
        isWanted: ({ step }) => condition.step === '' || step === condition.step,
        wantedOf: ({ slower }) => slower,
        holds: condition.of === 'any' ? ({ wanted }) => wanted > 0 : isOften,
        words: (wanted, ended) => `${wanted} of ${ended} times took longer`,
      };
  }
}

/** A list of versions may have several revisions of one type. */
const isFirstOfType = (
  { workflowType }: { workflowType: string },
  index: number,
  all: readonly { workflowType: string }[]
): boolean => all.findIndex((each) => each.workflowType === workflowType) === index;

/** What is read once for all rules that are looked at together. */
export class Look {
  #groups: ReturnType<typeof groupsOfRuns> | null = null;
  #overdue: Promise<Found[]> | null = null;
  readonly #cells = new Map<string, Promise<FlowCell[]>>();

  constructor(
    private readonly web: Looker,
    readonly now: Date,
    private readonly remembered = new Remembered<Subject[]>()
  ) {}

  async find(condition: AlertCondition, flows: readonly string[]): Promise<Subject[]> {
    const all = await this.#all(condition, flows);
    return all.filter(({ flow }) => flows.length === 0 || flow === null || flows.includes(flow));
  }

  #all(condition: AlertCondition, flows: readonly string[]): Promise<Subject[]> {
    switch (condition.kind) {
      case 'undoFailed':
        return this.#groupsWhere(isUndo);
      case 'effectRemains':
        return this.#groupsWhere((group) => group.kind === 'remains' || (group.kind === 'asks' && !isUndo(group)));
      case 'stuck':
        return this.#stuck(condition);
      case 'overdue':
        return this.#overdueFor(condition.minutes);
      case 'failureRate':
        return this.web.config.foreignCluster ? this.#failing(condition, flows) : this.#rate(condition);
      case 'slow':
        return this.web.config.foreignCluster ? this.#slow(condition, flows) : this.#slowHere(condition);
      case 'slowStep':
        if (this.web.config.foreignCluster)
          throw new Refusal('refused', 'A Temporal cluster does not say how long steps took.');
        return this.#rate(condition);
      case 'noWorker':
        return this.#unserved(condition.minutes);
      case 'eventsStopped':
        return this.#stopped(condition.minutes);
    }
  }

  /** One question for all flows; the rule chooses afterwards. */
  #rate(condition: RateCondition): Promise<Subject[]> {
    return this.remembered.get(JSON.stringify(condition), condition.minutes, this.now, async () => {
      const { query, isWanted, wantedOf, holds, words } = rateOf(condition);
      const sinceMs = this.now.getTime() - condition.minutes * MINUTE_MS;
      const cells = await this.#ended({ ...query, sinceMs, perMs: 0 });
      const found = cells
        .map((cell) => ({ ...cell, wanted: wantedOf(cell) }))
        .filter((cell) => isWanted(cell) && cell.wanted > 0 && holds(cell));
      return Promise.all(
        found.map((cell) => this.#ofFlow(cell, { measured: words(cell.wanted, cell.ended), count: null }))
      );
    });
  }

  /** Rules of the same window share an answer. */
  #ended(query: Parameters<typeof endedOfFlows>[1]): Promise<FlowCell[]> {
    const key = JSON.stringify(query);
    const asked = this.#cells.get(key) ?? endedOfFlows(this.web, query);
    this.#cells.set(key, asked);
    return asked;
  }

  async #slowHere(condition: Extract<AlertCondition, { kind: 'slow' }>): Promise<Subject[]> {
    if (condition.of === 'p95') return this.#rate(condition);
    const { seconds, minutes } = condition;
    return this.remembered.get(JSON.stringify(condition), minutes, this.now, async () => {
      const nowMs = this.now.getTime();
      const slowerThanMs = seconds * 1_000;
      const [cells, open, versions] = await Promise.all([
        this.#ended({ of: 'runs', sinceMs: nowMs - minutes * MINUTE_MS, perMs: 0, slowerThanMs }),
        this.#openSince(nowMs - slowerThanMs),
        this.web.catalogue.listOrLast(),
      ]);
      const counts = new Map<string, number>();
      const add = (flow: string, count: number) => counts.set(flow, (counts.get(flow) ?? 0) + count);
      for (const { flow, slower } of cells) add(flow, slower);
      for (const { workflowType, flow } of versions.filter(isFirstOfType)) add(flow, open.get(workflowType) ?? 0);
      const found = [...counts].filter(([, count]) => count > 0);
      return Promise.all(found.map(([flow, count]) => this.#ofFlow({ flow, step: '' }, { measured: null, count })));
    });
  }

  /** How many runs of each type are open and started before. */
  async #openSince(beforeMs: number): Promise<Map<string, number>> {
    const { namespace } = this.web.config;
    const started = `StartTime < '${new Date(beforeMs).toISOString()}'`;
    const query = `ExecutionStatus = 'Running' AND ${started} GROUP BY WorkflowType`;
    const { groups } = await reading(this.web, () =>
      this.web.temporal.workflowService.countWorkflowExecutions({ namespace, query })
    );
    return new Map(
      (groups ?? []).map(({ groupValues, count }) => [
        readPayload(new TextDecoder().decode(groupValues?.[0]?.data ?? new Uint8Array())) as string,
        Number(count),
      ])
    );
  }

  async #ofFlow(
    { flow, step }: { flow: string; step: string },
    measured: Pick<AlertFacts, 'measured' | 'count'>
  ): Promise<Subject> {
    const versions = (await this.web.catalogue.listOrLast()).filter((each) => each.flow === flow);
    const newest = versions.sort((a, b) => b.version - a.version)[0];
    const titles = await titlesOf(this.web, newest?.workflowType ?? '', step || null);
    const facts = {
      title: titles.title ?? newest?.title ?? flow,
      stepTitle: step === '' ? null : (titles.stepTitle ?? step),
      error: '',
      firstMs: null,
      firstVersion: null,
      page: pages.runs(new URLSearchParams({ flow }).toString()),
    };
    return { subject: step === '' ? `flow ${flow}` : `step ${flow} ${step}`, flow, facts: { ...facts, ...measured } };
  }

  async #groupsWhere(isWanted: (group: Found) => boolean): Promise<Subject[]> {
    const { groups, sinceMs } = await (this.#groups ??= groupsOfRuns(this.web, DAYS));
    return Promise.all(groups.filter(isWanted).map((group) => this.#subjectOf(group, sinceMs)));
  }

  async #subjectOf(group: Found, sinceMs: number): Promise<Subject> {
    const { title, stepTitle } = await titlesOf(this.web, group.workflowType, group.step);
    const flow = group.isFlow ? group.flow : null;
    const search = searchOf({ ...group, flow }, sinceMs);
    return {
      subject: subjectOfGroup(group),
      flow,
      facts: {
        title: title ?? group.flow,
        stepTitle: stepTitle ?? group.step,
        error: group.error,
        count: group.count,
        firstMs: group.firstMs,
        firstVersion: group.firstVersion,
        measured: null,
        page: search === null ? pages.attention() : pages.runs(search),
      },
    };
  }

  async #stuck({ minutes, attempts }: Extract<AlertCondition, { kind: 'stuck' }>): Promise<Subject[]> {
    const { groups, sinceMs } = await (this.#groups ??= groupsOfRuns(this.web, DAYS));
    const before = this.now.getTime() - minutes * MINUTE_MS;
    const found = await Promise.all(
      groups.map(async (group) => {
        if (group.kind === 'stuck') return true;
        if (group.kind !== 'retries') return false;
        return group.firstMs <= before || (attempts !== null && (await this.#mostAttempts(group, sinceMs)) > attempts);
      })
    );
    return Promise.all(groups.filter((_, index) => found[index]).map((group) => this.#subjectOf(group, sinceMs)));
  }

  /** Whichever was started first has tried most often. */
  async #mostAttempts(group: Found, sinceMs: number): Promise<number> {
    const { temporal: client } = this.web;
    const of = group.isFlow ? flowClause(group.flow) : typeClause(group.workflowType);
    const named = { ...group, flow: group.isFlow ? group.flow : null };
    const query = [of, "ExecutionStatus = 'Running'", ...whereOf(named, sinceMs)].join(' AND ');
    const { executions } = await reading(this.web, () =>
      client.workflowService.listWorkflowExecutions({
        namespace: this.web.config.namespace,
        query,
        pageSize: LISTED_MOST,
      })
    );
    const counts = await Promise.all(
      (executions ?? []).slice(-DESCRIBED_MOST).map(async ({ execution }) => {
        const { pendingActivities } = await reading(this.web, () =>
          client.workflowService.describeWorkflowExecution({ namespace: this.web.config.namespace, execution })
        );
        return Math.max(0, ...(pendingActivities ?? []).map(({ attempt }) => attempt ?? 0));
      })
    );
    return Math.max(0, ...counts);
  }

  async #overdueFor(minutes: number): Promise<Subject[]> {
    const before = this.now.getTime() - minutes * MINUTE_MS;
    const groups = await (this.#overdue ??= overdueApprovals(this.web));
    const found = await Promise.all(
      groups.filter(({ firstMs }) => firstMs <= before).map((group) => this.#subjectOf(group, 0))
    );
    return found.map(({ facts, ...subject }) => ({ ...subject, facts: { ...facts, page: pages.inbox() } }));
  }

  async #count(clauses: readonly string[]): Promise<number> {
    const { count } = await reading(this.web, () => this.web.temporal.workflow.count(clauses.join(' AND ')));
    return count;
  }

  /** What `measure` finds for each flow. The sum of all is asked first: most of the time it says that there is nothing. */
  async #byFlow(
    flows: readonly string[],
    any: readonly string[],
    measure: (flow: string) => Promise<{ measured: string | null; count: number | null } | null>
  ): Promise<Subject[]> {
    if ((await this.#count(any)) === 0) return [];
    const versions = await this.web.catalogue.list();
    const titles = new Map(versions.toReversed().map(({ flow, title }) => [flow, title]));
    const names = flows.length > 0 ? flows : [...titles.keys()];
    const found = await Promise.all(
      names.map(async (flow): Promise<Subject[]> => {
        const measured = await measure(flow);
        if (measured === null) return [];
        const page = pages.runs(new URLSearchParams({ flow }).toString());
        const facts = {
          title: titles.get(flow) ?? flow,
          stepTitle: null,
          error: '',
          firstMs: null,
          firstVersion: null,
        };
        return [{ subject: `flow ${flow}`, flow, facts: { ...facts, ...measured, page } }];
      })
    );
    return found.flat();
  }

  #closedWithin(minutes: number): string {
    return `CloseTime >= '${new Date(this.now.getTime() - minutes * MINUTE_MS).toISOString()}'`;
  }

  #failing(
    { percent, minutes, runs }: Extract<AlertCondition, { kind: 'failureRate' }>,
    flows: readonly string[]
  ): Promise<Subject[]> {
    const within = this.#closedWithin(minutes);
    return this.#byFlow(flows, [FAILED, within], async (flow) => {
      const failed = await this.#count([flowClause(flow), FAILED, within]);
      if (failed === 0) return null;
      const ended = await this.#count([flowClause(flow), ENDED, within]);
      if (ended < runs || failed * 100 <= ended * percent) return null;
      return { measured: `${failed} of ${ended} runs failed`, count: null };
    });
  }

  async #slow(
    { seconds, of, minutes, runs }: Extract<AlertCondition, { kind: 'slow' }>,
    flows: readonly string[]
  ): Promise<Subject[]> {
    const within = this.#closedWithin(minutes);
    const long = [ENDED, within, `ExecutionDuration > '${seconds}s'`];
    const open = [
      "ExecutionStatus = 'Running'",
      `StartTime < '${new Date(this.now.getTime() - seconds * 1_000).toISOString()}'`,
    ];
    if (of === 'any')
      return this.#byFlow(flows, ["WorkflowType != ''"], async (flow) => {
        const [ended, still] = await Promise.all([
          this.#count([flowClause(flow), ...long]),
          this.#count([flowClause(flow), ...open]),
        ]);
        return ended + still === 0 ? null : { measured: null, count: ended + still };
      });
    return this.#byFlow(flows, long, async (flow) => {
      const slow = await this.#count([flowClause(flow), ...long]);
      if (slow === 0) return null;
      const ended = await this.#count([flowClause(flow), ENDED, within]);
      if (ended < runs || slow * 20 <= ended) return null;
      return { measured: `${slow} of ${ended} runs took longer`, count: null };
    });
  }

  async #unserved(minutes: number): Promise<Subject[]> {
    const { config, temporal: client } = this.web;
    const query = `ExecutionStatus = 'Running'${config.foreignCluster ? '' : ` AND TaskQueue != '${OWN_QUEUE}'`}`;
    const { executions } = await reading(this.web, () =>
      client.workflowService.listWorkflowExecutions({
        namespace: config.namespace,
        query,
        pageSize: QUEUE_RUNS_MOST,
      })
    );
    const queues = [...new Set((executions ?? []).flatMap(({ taskQueue }) => taskQueue ?? []))];
    const found = await Promise.all(
      queues.map(async (name): Promise<Subject[]> => {
        const states = await Promise.all(TYPES.map((taskQueueType) => this.#queue(name, taskQueueType)));
        const worst = states.filter(
          ({ count, isServed, ageMs }) => count > 0 && (!isServed || ageMs > minutes * MINUTE_MS)
        );
        if (worst.length === 0) return [];
        const count = worst.reduce((sum, each) => sum + each.count, 0);
        const oldestMs = this.now.getTime() - Math.max(...worst.map(({ ageMs }) => ageMs));
        // Whole minutes: it is computed from an age, and is to be the same at each look.
        const firstMs = Math.floor(oldestMs / MINUTE_MS) * MINUTE_MS;
        const where = new URLSearchParams({ where: `TaskQueue = '${name.replaceAll("'", "''")}'` });
        const facts = { title: name, stepTitle: null, error: '', count, firstMs, firstVersion: null, measured: null };
        return [{ subject: `queue ${name}`, flow: null, facts: { ...facts, page: pages.runs(where.toString()) } }];
      })
    );
    return found.flat();
  }

  async #queue(name: string, taskQueueType: number): Promise<{ count: number; ageMs: number; isServed: boolean }> {
    const { pollers, stats } = await reading(this.web, () =>
      this.web.temporal.workflowService.describeTaskQueue({
        namespace: this.web.config.namespace,
        taskQueue: { name },
        taskQueueType,
        reportStats: true,
      })
    );
    return {
      count: Number(stats?.approximateBacklogCount ?? 0),
      ageMs: durationMs(stats?.approximateBacklogAge),
      isServed: (pollers ?? []).length > 0,
    };
  }

  async #stopped(minutes: number): Promise<Subject[]> {
    const before = new Date(this.now.getTime() - minutes * MINUTE_MS);
    const rows = await this.web.database.eventSubscription.findMany({
      where: { isOn: true, OR: [{ stoppedAt: { not: null } }, { failingSince: { lte: before } }] },
    });
    return rows.map(({ id, title, failingSince, stoppedAt }) => ({
      subject: `subscription ${id}`,
      flow: null,
      facts: {
        title,
        stepTitle: null,
        error: '',
        count: null,
        firstMs: (failingSince ?? stoppedAt)?.getTime() ?? null,
        firstVersion: null,
        measured: stoppedAt ? 'Nothing is sent any more' : null,
        page: pages.subscription(id),
      },
    }));
  }
}

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;
const TYPES = [TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY];

const isUndo = ({ kind, step }: Found): boolean => kind === 'asks' && step !== null && step.endsWith(':undo');
