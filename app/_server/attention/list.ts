/**
 * What needs somebody, in groups of one flow, reason, step and error: runs as the engine groups them, approvals past their
 * due time, and what people have said about each group.
 *
 * Rules
 * [ATT1] Versions of a flow are one group. It says in which version its earliest run was.
 * [ATT2] A group that was acknowledged is quiet until a run comes into it afterwards; a snoozed one until its time is over.
 * [ATT4] A subscription to events that is stopped is said to those who may see all subscriptions.
 * [ATT3] A person sees the groups of the flows that they may read. Other workflows belong to those who may read everything.
 */
import {
  ATTENTION_KINDS,
  NOTES_SHOWN,
  type AttentionGroup,
  type AttentionKind,
  type AttentionList,
  type AttentionQuery,
  type StoppedEvents,
} from '@/app/_contract/attention';
import { flowsOf, may } from '@/engine/permissions/permissions';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { AttentionGroup as AttentionRow, AttentionNote, HumanTask } from '@/prisma/client/client';
import { reading } from '../engine';
import { failureOf } from '../failure';
import { whyNobody } from '../inbox/nobody';
import { demandAnywhere, type Actor } from '../people/actor';
import { readPeople } from '../people/person';
import { flowClause, typeClause } from '../runs/visibility';
import type { Web } from '../web';
import { freshOf, searchOf } from './search';

export type Lister = Pick<Web, 'attention' | 'catalogue' | 'config' | 'database' | 'log' | 'temporal'>;
export type Found = Omit<AttentionGroup, 'title' | 'stepTitle' | 'search' | 'may' | Said> & {
  /** The newest type of its runs. */
  workflowType: string;
  isFlow: boolean;
};
type Said = 'owner' | 'acknowledged' | 'fresh' | 'snoozed' | 'notes';

/** More than anybody reads. */
const MOST = 200;
/** Groups whose new runs are counted; of others it is only known that there are some. */
const COUNTED_MOST = 20;
const STOPPED_MOST = 20;

export async function listAttention(web: Lister, actor: Actor, { days }: AttentionQuery): Promise<AttentionList> {
  demandAnywhere(actor, 'attention.list');
  const visible = flowsOf(actor, 'attention.list');
  const [ofRuns, overdue, unasked, stoppedEvents] = await Promise.all([
    groupsOfRuns(web, days),
    overdueApprovals(web),
    approvalsOfNobody(web),
    may(actor, 'events.list') ? stoppedSubscriptions(web) : [],
  ]);
  const all = [...ofRuns.groups, ...overdue, ...unasked]
    .filter(({ isFlow, flow }) => visible === null || (isFlow && visible.includes(flow)))
    .sort(byUrgency)
    .slice(0, MOST);
  const said = await readSaid(web, all);
  let counted = 0;
  const groups = all.map(async ({ workflowType, isFlow, ...group }): Promise<AttentionGroup> => {
    const own = said.of(group);
    const named = { ...group, flow: isFlow ? group.flow : null, workflowType };
    const isFresh = own.acknowledged !== null && group.lastMs > own.acknowledged.atMs;
    const [titles, fresh] = await Promise.all([
      titlesOf(web, workflowType, group.step),
      isFresh ? countFresh(web, named, ofRuns.sinceMs, own.acknowledged!.atMs, counted++ < COUNTED_MOST) : null,
    ]);
    return {
      ...group,
      ...titles,
      ...own,
      fresh,
      search: searchOf(named, ofRuns.sinceMs),
      may: { operate: may(actor, 'attention.acknowledge', isFlow ? group.flow : null) },
    };
  });
  return {
    groups: await Promise.all(groups),
    sinceMs: ofRuns.sinceMs,
    stoppedEvents,
    isWhole: !web.config.foreignCluster,
    readAtMs: Date.now(),
  };
}

/** [ATT4] */
async function stoppedSubscriptions({ database }: Lister): Promise<StoppedEvents[]> {
  const rows = await database.eventSubscription.findMany({
    where: { isOn: true, stoppedAt: { not: null } },
    orderBy: { stoppedAt: 'desc' },
    take: STOPPED_MOST,
  });
  return rows.map(({ id, title, stoppedAt, lastError }) => ({
    id,
    title,
    stoppedMs: stoppedAt?.getTime() ?? 0,
    error: lastError ?? '',
  }));
}

const byUrgency = (a: Found, b: Found): number =>
  ATTENTION_KINDS.indexOf(a.kind) - ATTENTION_KINDS.indexOf(b.kind) || b.count - a.count || b.lastMs - a.lastMs;

/** [ATT1] A cluster has no such groups. */
export async function groupsOfRuns(web: Lister, days: number): Promise<{ groups: Found[]; sinceMs: number }> {
  if (web.config.foreignCluster) return { groups: [], sinceMs: Date.now() };
  const { groups, sinceMs } = await web.attention.read(days);
  const versions = await web.catalogue.listOrLast();
  const merged = new Map<string, Found>();
  for (const { workflowType, workflowId, runId, kind, error, ...group } of groups) {
    const version = versions.find((each) => each.workflowType === workflowType);
    const flow = version?.flow ?? workflowType;
    const step = group.step === '-' ? null : group.step;
    const key = `${kind} ${group.step} ${error}`;
    const firstVersion = version?.version ?? null;
    const found: Found = {
      ...group,
      flow,
      key,
      kind,
      step,
      error,
      firstVersion,
      workflowType,
      example: { workflowId, runId },
      isFlow: version !== undefined,
    };
    const name = JSON.stringify([flow, key]);
    const other = merged.get(name);
    merged.set(name, other ? together(other, found) : found);
  }
  return { groups: [...merged.values()], sinceMs };
}

function together(one: Found, other: Found): Found {
  const latest = one.lastMs >= other.lastMs ? one : other;
  const earliest = one.firstMs <= other.firstMs ? one : other;
  return {
    ...latest,
    count: one.count + other.count,
    firstMs: earliest.firstMs,
    firstVersion: earliest.firstVersion,
  };
}

export async function overdueApprovals({ database, config }: Lister): Promise<Found[]> {
  const overdue = { namespace: config.namespace, settledAt: null, flow: { not: '' }, dueAt: { lt: new Date() } };
  const groups = await database.humanTask.groupBy({
    by: ['flow', 'nodeId'],
    where: overdue,
    _count: { taskId: true },
    _min: { dueAt: true },
    _max: { dueAt: true },
    orderBy: { _count: { taskId: 'desc' } },
    take: MOST,
  });
  return Promise.all(
    groups.map(async ({ flow, nodeId, _count, _min, _max }) => {
      const example = await database.humanTask.findFirst({
        where: { ...overdue, flow, nodeId },
        orderBy: { dueAt: 'asc' },
      });
      const [firstMs, lastMs] = [_min.dueAt?.getTime() ?? 0, _max.dueAt?.getTime() ?? 0];
      return ofApprovals('overdue', { flow, nodeId, count: _count.taskId, firstMs, lastMs }, example);
    })
  );
}

/** Policies of waiting approvals that are looked at. */
const POLICIES_MOST = 500;
/** Those whom they ask cannot decide them, because nobody or too few are left who may. */
async function approvalsOfNobody({ database, config }: Lister): Promise<Found[]> {
  const alike = await database.$queryRaw<
    { flow: string; nodeId: string; count: number; first: Date; last: Date; taskId: string }[]
  >`
    SELECT t.flow, t.node_id AS "nodeId", count(*)::int AS count, min(t.opened_at) AS first, max(t.opened_at) AS last,
      (array_agg(t.task_id ORDER BY t.opened_at))[1] AS "taskId"
    FROM app.human_task t
    WHERE t.settled_at IS NULL AND t.flow <> '' AND t.namespace = ${config.namespace}
    GROUP BY 1, 2, t.candidates, t.from_data, t.excluded, t.forbid_starter, t.starter_id, t.how_many::text, t.votes::text
    ORDER BY 3 DESC LIMIT ${POLICIES_MOST}`;
  if (alike.length === 0) return [];
  const [people, examples] = await Promise.all([
    readPeople({ database }, null),
    database.humanTask.findMany({ where: { taskId: { in: alike.map(({ taskId }) => taskId) } } }),
  ]);
  const taskOf = new Map(examples.map((task) => [task.taskId, task]));
  const found = new Map<string, Found>();
  for (const { first, last, taskId, flow, nodeId, count } of alike) {
    const task = taskOf.get(taskId);
    const why = task ? whyNobody(people, task) : null;
    if (!task || why === null) continue;
    const group = { flow, nodeId, count, firstMs: first.getTime(), lastMs: last.getTime() };
    const one = { ...ofApprovals('nobody', group, task), text: why };
    const name = JSON.stringify([flow, nodeId]);
    const other = found.get(name);
    found.set(name, other ? together(other, one) : one);
  }
  return [...found.values()];
}

function ofApprovals(
  kind: AttentionKind,
  group: { flow: string; nodeId: string; count: number; firstMs: number; lastMs: number },
  example: HumanTask | null
): Found {
  const { flow, nodeId, count, firstMs, lastMs } = group;
  return {
    flow,
    key: `${kind} ${nodeId} `,
    kind,
    step: nodeId,
    error: '',
    text: example?.title ?? '',
    count,
    firstMs,
    lastMs,
    firstVersion: null,
    workflowType: example?.workflowType ?? '',
    example: { workflowId: example?.workflowId ?? '', runId: example?.runId ?? example?.firstRunId ?? '' },
    isFlow: true,
  };
}

/** Null where they cannot be read now: ids are shown then. */
export async function titlesOf(
  { catalogue, log }: Lister,
  workflowType: string,
  step: string | null
): Promise<Pick<AttentionGroup, 'title' | 'stepTitle'>> {
  try {
    const manifest = (await catalogue.contentOfType(workflowType))?.manifest;
    return manifest
      ? { title: manifest.document.title, stepTitle: stepTitle(manifest, step) }
      : { title: null, stepTitle: null };
  } catch (error) {
    log.debug({ failure: failureOf(error) }, 'groups are shown without titles');
    return { title: null, stepTitle: null };
  }
}

const ROLE_WORDS: Record<string, string> = { undo: 'undo of', check: 'look-up of', open: 'task of', close: 'task of' };
function stepTitle({ nodes }: FlowManifest, step: string | null): string | null {
  const [id = '', role] = step?.split(':') ?? [];
  const title = Object.hasOwn(nodes, id) ? nodes[id]?.title : undefined;
  if (title === undefined) return null;
  return role ? `${ROLE_WORDS[role] ?? role} ${title}` : title;
}

/** At least one. */
async function countFresh(
  web: Lister,
  group: Parameters<typeof freshOf>[0],
  sinceMs: number,
  afterMs: number,
  isCounted: boolean
): Promise<number> {
  if (!isCounted || group.kind === 'overdue' || group.kind === 'nobody') return 1;
  const of = group.flow ? flowClause(group.flow) : typeClause(group.workflowType);
  const query = [of, ...STATUS_CLAUSES[group.kind], ...freshOf(group, sinceMs, afterMs)].join(' AND ');
  return reading(web, () => web.temporal.workflow.count(query)).then(
    ({ count }) => Math.max(1, count),
    () => 1
  );
}
const STATUS_CLAUSES: Record<AttentionKind, string[]> = {
  asks: ["ExecutionStatus = 'Running'", "SagaPhase = 'needs-hand'"],
  remains: ["ExecutionStatus != 'Running'", 'SagaStanding > 0'],
  stuck: [],
  overdue: [],
  nobody: [],
  retries: [],
  failed: [],
};

/** What people have said of these groups. */
async function readSaid({ database, config }: Lister, groups: readonly Found[]) {
  const { namespace } = config;
  const keys = [...new Set(groups.map(({ key }) => key))];
  const flows = [...new Set(groups.map(({ flow }) => flow))];
  const where = { namespace, key: { in: keys }, flow: { in: flows } };
  const [rows, notes] = await Promise.all([
    database.attentionGroup.findMany({ where }),
    database.attentionNote.findMany({ where, orderBy: [{ at: 'desc' }, { id: 'asc' }], take: NOTES_SHOWN * 50 }),
  ]);
  const nameOf = ({ flow, key }: { flow: string; key: string }) => JSON.stringify([flow, key]);
  const byName = new Map(rows.map((row) => [nameOf(row), row]));
  const notesOf = new Map<string, AttentionNote[]>();
  for (const note of notes) notesOf.set(nameOf(note), [...(notesOf.get(nameOf(note)) ?? []), note]);
  return {
    of: (group: Found | Omit<Found, 'workflowType' | 'isFlow'>): Pick<AttentionGroup, Exclude<Said, 'fresh'>> => ({
      ...saidOf(byName.get(nameOf(group))),
      notes: (notesOf.get(nameOf(group)) ?? []).slice(0, NOTES_SHOWN).map(noteOf),
    }),
  };
}

const noteOf = ({ text, byName, at }: AttentionNote) => ({ text, by: byName, atMs: at.getTime() });
function saidOf(row: AttentionRow | undefined): Pick<AttentionGroup, 'owner' | 'acknowledged' | 'snoozed'> {
  return {
    owner: row?.ownerId ? { id: row.ownerId, name: row.ownerName ?? '' } : null,
    acknowledged: row?.acknowledgedAt ? { by: row.acknowledgedBy ?? '', atMs: row.acknowledgedAt.getTime() } : null,
    snoozed:
      row?.snoozedUntil && row.snoozedUntil.getTime() > Date.now()
        ? { by: row.snoozedBy ?? '', untilMs: row.snoozedUntil.getTime() }
        : null,
  };
}
