/**
 * Waiting or settled tasks, page by page, and how many wait in each view.
 *
 * Rules
 * [INL1] Tasks that wait are sorted by priority, then by due time, then the oldest first; in the view of all of them those for this person
 *        come first. Settled ones: the latest first.
 * [INL2] The database filters, counts and sorts: what an answer costs does not grow with the data of tasks that are not in
 *        it. Whom a task is for is therefore said twice, in may-decide.ts and in for-whom.ts; a test holds both together.
 * [INL3] A page continues exactly after the last task of the page before, whatever was settled or opened meanwhile.
 */
import { z } from 'zod';
import type { InboxCounts, InboxList, InboxQuery, TaskOutcome } from '@/app/_contract/inbox';
import { flowsOf, mayAnywhere } from '@/engine/permissions/permissions';
import { readJson } from '@/engine/flow/values/json';
import { textProblemIn } from '@/engine/plain-text';
import { Prisma, type HumanTask, type HumanTaskEvent } from '@/prisma/client/client';
import { Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { readStandIns, type StandIn } from './delegate';
import { asksByName, asksGroupOf, delegatedSql, inFlows, mayActSql, mayDecideSql } from './for-whom';
import { askedOf } from './questions';
import { matches, isDue } from './search';
import { viewOf } from './view';

const { sql } = Prisma;
type Reader = Pick<Web, 'database'>;
type Counted = InboxCounts & { unfiltered: number; others: number };

export async function listInbox(web: Reader, actor: Actor, query: InboxQuery): Promise<InboxList> {
  demandAnywhere(actor, 'inbox.list');
  const standIns = await readStandIns(web, actor);
  const [counted, page, last, asked] = await Promise.all([
    count(web, actor, standIns, query),
    query.view === 'done' ? readDone(web, actor, query) : readWaiting(web, actor, standIns, query),
    lastDecided(web, actor),
    askedOf(web, actor),
  ]);
  const { unfiltered, others, ...counts } = counted;
  return {
    tasks: page.rows.map((row) => viewOf(row, actor, standIns)),
    next: page.next,
    counts,
    waiting: unfiltered,
    waitingForOthers: others,
    askedOfMe: asked,
    lastDecided: last,
    readAtMs: Date.now(),
  };
}

export async function countWaiting(web: Reader, actor: Actor): Promise<number> {
  if (!mayAnywhere(actor, 'inbox.decide')) return 0;
  const standIns = await readStandIns(web, actor);
  const [row] = await web.database.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM app.human_task t WHERE ${readableWaiting(actor)} AND ${mayActSql(actor, standIns)}`;
  return row?.count ?? 0;
}

/** A row that a close wrote before its open arrived has no flow. */
const readable = (actor: Actor) => sql`t.flow <> '' AND ${inFlows(actor, 'inbox.list')}`;
const readableWaiting = (actor: Actor) => sql`t.settled_at IS NULL AND ${readable(actor)}`;

/** Of several people who decide, whoever had claimed it and has voted has nothing left to do. */
const mine = (actor: Actor, standIns: readonly StandIn[]) => sql`(
  (t.claimed_by_id IS NOT DISTINCT FROM ${actor.id} AND (t.how_many IS NULL OR ${mayActSql(actor, standIns)}))
  OR (t.claimed_by_id IS NULL AND ${asksByName(actor)} AND ${mayDecideSql(actor)}))`;
const groups = (actor: Actor) =>
  sql`(t.claimed_by_id IS DISTINCT FROM ${actor.id} AND ${asksGroupOf(actor)} AND ${mayDecideSql(actor)})`;
const unassigned = (actor: Actor) => sql`(t.claimed_by_id IS NULL AND ${mayDecideSql(actor)})`;
const VIEWS = { waiting: () => sql`true`, mine, groups, unassigned, delegated: delegatedSql };

async function count(
  { database }: Reader,
  actor: Actor,
  standIns: readonly StandIn[],
  query: InboxQuery
): Promise<Counted> {
  const [row] = await database.$queryRaw<Counted[]>`
    SELECT count(*) FILTER (WHERE may)::int AS unfiltered, count(*) FILTER (WHERE NOT may)::int AS others,
      count(*) FILTER (WHERE found)::int AS waiting, count(*) FILTER (WHERE found AND mine)::int AS mine,
      count(*) FILTER (WHERE found AND groups)::int AS groups,
      count(*) FILTER (WHERE found AND unassigned)::int AS unassigned,
      count(*) FILTER (WHERE found AND delegated)::int AS delegated
    FROM (
      SELECT ${mayActSql(actor, standIns)} AS may, ${delegatedSql(actor, standIns)} AS delegated, ${mine(actor, standIns)} AS mine, ${groups(actor)} AS groups,
        ${unassigned(actor)} AS unassigned, (${filtered(query)}) AS found
      FROM app.human_task t WHERE ${readableWaiting(actor)}
    ) AS each`;
  return row ?? { unfiltered: 0, others: 0, waiting: 0, mine: 0, groups: 0, unassigned: 0, delegated: 0 };
}

const filtered = ({ text, flow, due }: InboxQuery) =>
  sql`${matches(text)} AND ${flow === undefined ? sql`true` : sql`t.flow = ${flow}`} AND ${isDue(due)}`;

interface Page {
  rows: (HumanTask & { events: HumanTaskEvent[] })[];
  next: string | null;
}
interface Place {
  taskId: string;
}

const waitingPlaceSchema = z.tuple([z.boolean(), z.int(), z.string(), z.string(), z.string()]);
/** A time without a limit sorts last. Text, because a date in JavaScript has no infinity. */
const SORTED = sql`t.priority, t.task_id AS "taskId", coalesce(t.due_at, 'infinity')::text AS due, t.opened_at::text AS opened`;

async function readWaiting(web: Reader, actor: Actor, standIns: readonly StandIn[], query: InboxQuery): Promise<Page> {
  const view = query.view === 'done' ? 'waiting' : query.view;
  const first = view === 'waiting' ? mayActSql(actor, standIns) : sql`true`;
  const after = query.after === undefined ? null : placeOf(waitingPlaceSchema, query.after);
  const continues = after
    ? sql`(NOT ${first}, -t.priority, coalesce(t.due_at, 'infinity'), t.opened_at, t.task_id)
        > (${!after[0]}, ${-after[1]}, ${after[2]}::timestamptz, ${after[3]}::timestamptz, ${after[4]})`
    : sql`true`;
  const places = await web.database.$queryRaw<
    (Place & { first: boolean; priority: number; due: string; opened: string })[]
  >`
    SELECT ${first} AS first, ${SORTED} FROM app.human_task t
    WHERE ${readableWaiting(actor)} AND ${VIEWS[view](actor, standIns)} AND ${filtered(query)} AND ${continues}
    ORDER BY 1 DESC, t.priority DESC, coalesce(t.due_at, 'infinity'), t.opened_at, t.task_id LIMIT ${query.limit + 1}`;
  return pageOf(
    web,
    places,
    query.limit,
    ({ first: isFirst, priority, due, opened, taskId }) => [isFirst, priority, due, opened, taskId],
    {
      settledAt: null,
    }
  );
}

/** A search reads no further back than this. */
const SETTLED_SEARCHED = 20_000;
const donePlaceSchema = z.tuple([z.string(), z.string()]);

async function readDone(web: Reader, actor: Actor, query: InboxQuery): Promise<Page> {
  const after = query.after === undefined ? null : placeOf(donePlaceSchema, query.after);
  const continues = after
    ? sql`(t.settled_at < ${after[0]}::timestamptz
        OR (t.settled_at = ${after[0]}::timestamptz AND t.task_id > ${after[1]}))`
    : sql`true`;
  const recent = sql`SELECT * FROM app.human_task t WHERE t.settled_at IS NOT NULL AND ${readable(actor)}
    AND ${continues} ORDER BY t.settled_at DESC, t.task_id LIMIT ${SETTLED_SEARCHED}`;
  const places = await web.database.$queryRaw<(Place & { settled: string })[]>`
    SELECT t.task_id AS "taskId", t.settled_at::text AS settled FROM (${recent}) AS t
    WHERE ${filtered({ ...query, due: undefined })}
    ORDER BY t.settled_at DESC, t.task_id LIMIT ${query.limit + 1}`;
  return pageOf(web, places, query.limit, ({ settled, taskId }) => [settled, taskId], { settledAt: { not: null } });
}

/** The whole rows of the places, in their order; a task that was settled meanwhile is left out. */
async function pageOf<P extends Place>(
  { database }: Reader,
  places: readonly P[],
  limit: number,
  written: (place: P) => unknown[],
  still: Prisma.HumanTaskWhereInput
): Promise<Page> {
  const shown = places.slice(0, limit);
  const last = shown.at(-1);
  const taskIds = shown.map(({ taskId }) => taskId);
  const found = await database.humanTask.findMany({
    where: { taskId: { in: taskIds }, ...still },
    include: { events: { orderBy: { seq: 'asc' } } },
  });
  const byId = new Map(found.map((row) => [row.taskId, row]));
  return {
    rows: taskIds.flatMap((id) => byId.get(id) ?? []),
    next: places.length > limit && last ? Buffer.from(JSON.stringify(written(last))).toString('base64url') : null,
  };
}

function placeOf<S extends z.ZodType>(schema: S, after: string): z.infer<S> {
  try {
    const place = schema.parse(readJson(Buffer.from(after, 'base64url').toString()));
    // The database would refuse it in words that are nobody's.
    if (isPlace(place)) return place;
  } catch {
    /* The refusal below. */
  }
  throw new Refusal('inputInvalid', 'The next page cannot be read.', [
    { at: '/after', message: 'is not the `next` of a page' },
  ]);
}

const INSTANT = /^(infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?)$/;
const isPlace = (place: unknown): boolean =>
  Array.isArray(place) &&
  textProblemIn(place) === null &&
  place
    .filter((each) => typeof each === 'string')
    .slice(0, -1)
    .every((each) => INSTANT.test(each));

async function lastDecided({ database }: Reader, actor: Actor): Promise<InboxList['lastDecided']> {
  const flows = flowsOf(actor, 'inbox.list');
  const last = await database.humanTask.findFirst({
    where: { flow: flows === null ? { not: '' } : { in: [...flows] }, outcome: { in: ['approved', 'rejected'] } },
    orderBy: { settledAt: 'desc' },
    select: { title: true, settledAt: true, outcome: true },
  });
  return last?.settledAt
    ? { title: last.title, atMs: last.settledAt.getTime(), outcome: last.outcome as TaskOutcome }
    : null;
}
