/**
 * Who worked on a draft and when: one entry for each stretch of work in a tab, and for what was folded one for each
 * day.
 */
import type { DraftHistory, DraftHistoryEntry, DraftPerson } from '@/app/_contract/drafts';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { readStored, type StoredDraft } from './stored';

const PAUSE_MS = 30 * 60_000;
const TOUCHED_MOST = 10;

type Parts = Pick<Web, 'database'>;

export async function draftHistory(web: Parts, actor: Actor, id: string): Promise<DraftHistory> {
  const stored = await readStored(web, actor, id, 'drafts.get');
  const [stretches, days] = await Promise.all([stretchesOf(web, stored), daysOf(web, stored)]);
  const createdMs = stored.createdAt.getTime();
  const created: DraftHistoryEntry = {
    number: 0,
    since: 0,
    tab: null,
    by: { id: stored.createdById, name: stored.createdByName },
    fromMs: createdMs,
    toMs: createdMs,
    gestures: 0,
    touched: [],
    others: [],
  };
  return { entries: [...stretches, ...days, created] };
}

async function stretchesOf({ database }: Parts, { id, folded }: StoredDraft): Promise<DraftHistoryEntry[]> {
  const rows = await database.draftGesture.findMany({
    where: { draftId: id, number: { gt: folded } },
    orderBy: { number: 'asc' },
    select: { number: true, tab: true, byId: true, byName: true, at: true, touched: true },
  });
  const entries: DraftHistoryEntry[] = [];
  const open = new Map<string, DraftHistoryEntry>();
  for (const { number, tab, byId, byName, at, touched } of rows) {
    const key = `${byId} ${tab}`;
    const atMs = at.getTime();
    const entry = open.get(key);
    if (entry && atMs - entry.toMs < PAUSE_MS) {
      entry.number = number;
      entry.toMs = atMs;
      entry.gestures++;
      entry.touched = together([entry.touched, touched]);
      continue;
    }
    const by = { id: byId, name: byName };
    const begun = { number, since: number - 1, tab, by, fromMs: atMs, toMs: atMs, gestures: 1, touched, others: [] };
    open.set(key, begun);
    entries.push(begun);
  }
  return entries.sort((a, b) => b.number - a.number);
}

interface Day {
  number: number;
  since: number;
  by_id: string;
  by_name: string;
  from_at: Date;
  to_at: Date;
  gestures: bigint;
  people: DraftPerson[];
  touched: string[];
}

/** A day ends with its snapshot. */
async function daysOf({ database }: Parts, { id, folded }: StoredDraft): Promise<DraftHistoryEntry[]> {
  if (folded === 0) return [];
  const days = await database.$queryRaw<Day[]>`
    WITH day AS (
      SELECT number, lag(number, 1, 0) OVER (ORDER BY number) AS since FROM app.draft_snapshot
      WHERE draft_id = ${id}::uuid AND number <= ${folded}
    )
    SELECT day.number, day.since, last.by_id, last.by_name, min(g.at) AS from_at, max(g.at) AS to_at, count(*) AS gestures,
      json_agg(DISTINCT jsonb_build_object('id', g.by_id, 'name', g.by_name)) AS people,
      ARRAY(
        SELECT DISTINCT unnest(t.touched) FROM app.draft_gesture t
        WHERE t.draft_id = ${id}::uuid AND t.number > day.since AND t.number <= day.number LIMIT ${TOUCHED_MOST}
      ) AS touched
    FROM day
    JOIN app.draft_gesture g ON g.draft_id = ${id}::uuid AND g.number > day.since AND g.number <= day.number
    JOIN app.draft_gesture last ON last.draft_id = ${id}::uuid AND last.number = day.number
    GROUP BY day.number, day.since, last.by_id, last.by_name
    ORDER BY day.number DESC`;
  return days.map((day) => ({
    number: day.number,
    since: day.since,
    tab: null,
    by: { id: day.by_id, name: day.by_name },
    fromMs: day.from_at.getTime(),
    toMs: day.to_at.getTime(),
    gestures: Number(day.gestures),
    touched: day.touched,
    others: day.people.filter((person) => person.id !== day.by_id),
  }));
}

const together = (lists: string[][]): string[] => [...new Set(lists.flat())].slice(0, TOUCHED_MOST);
