/**
 * What a condition finds now: one subject for each group, flow, queue or subscription that it holds for, never one for each
 * run. Rejects while a part that it asks is away; then nothing is known, which is not the same as nothing being found.
 *
 * Rules
 * [ALC1] A subject is a group of the page Attention (flow, reason, step, error), a flow, a queue or a subscription. Its name is
 *        the same as long as it is the same thing.
 * [ALC2] Facts are names, counts, times and the name of an error. What an error says may quote data, so it is left out.
 * [ALC3] What is counted of a flow are its runs, over all of its versions; a queue is one in which runs wait.
 */
import type { AlertCondition, AlertFacts } from '@/app/_contract/alerts';
import { pages } from '@/app/_contract/routes';
import { temporal } from '@/engine/proto';
import { durationMs } from '@/engine/proto-time';
import { groupsOfRuns, overdueApprovals, titlesOf, type Found, type Lister } from '../attention/list';
import { searchOf, whereOf } from '../attention/search';
import { reading } from '../engine';
import { flowClause, typeClause } from '../runs/visibility';
import type { Web } from '../web';
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

/** What is read once for all rules that are looked at together. */
export class Look {
  #groups: ReturnType<typeof groupsOfRuns> | null = null;
  #overdue: Promise<Found[]> | null = null;

  constructor(
    private readonly web: Looker,
    readonly now: Date
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
        return this.#failing(condition, flows);
      case 'slow':
        return this.#slow(condition, flows);
      case 'noWorker':
        return this.#unserved(condition.minutes);
      case 'eventsStopped':
        return this.#stopped(condition.minutes);
    }
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
