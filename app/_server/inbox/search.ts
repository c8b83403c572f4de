/**
 * Filters of the inbox as conditions of a query over `app.human_task t`.
 *
 * [IXS1] Each word must be in one of the texts that a person can read: title, question, flow, ids, who decided and why,
 *        or a value of the data. Names of fields are not searched, and neither is what a flow marks as sensitive, because
 *        it is not stored.
 */
import type { DueFilter } from '@/app/_contract/inbox';
import { storableText } from '@/engine/plain-text';
import { Prisma } from '@/prisma/client/client';

const { sql } = Prisma;
/** More words than anybody types. */
const WORDS_MOST = 8;

export function matches(text: string | undefined): Prisma.Sql {
  const words = storableText(text ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.slice(0, WORDS_MOST).reduce((all, word) => sql`${all} AND ${has(word)}`, sql`true`);
}

/** What is written when the task is opened. A task of an older release has none, and is searched as its data is written. */
const WRITTEN = sql`coalesce(t.search_text,
  lower(concat_ws(' ', t.title, t.question, t.flow, t.workflow_id, t.first_run_id, t.data::text)))`;

function has(word: string): Prisma.Sql {
  const pattern = `%${word.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(${WRITTEN} LIKE ${pattern}
    OR concat_ws(' ', t.run_id, t.decided_by, t.comment, t.claimed_by_name) ILIKE ${pattern})`;
}

/** Characters of data that are searched. */
const SEARCHED_MOST = 20_000;

/** For a new task. `data` as it is stored: without what is sensitive. */
export function searchTextOf(task: {
  title: string;
  question: string;
  flow: string;
  workflowId: string;
  firstRunId: string;
  data: unknown;
}): string {
  const { title, question, flow, workflowId, firstRunId, data } = task;
  const values = valuesOf(data).join(' ').slice(0, SEARCHED_MOST);
  return storableText([title, question, flow, workflowId, firstRunId, values].join(' ').toLowerCase());
}

/** Texts and numbers in it, without the names of fields. */
function valuesOf(data: unknown): (string | number)[] {
  if (typeof data === 'string' || typeof data === 'number') return [data];
  return typeof data === 'object' && data !== null ? Object.values(data).flatMap(valuesOf) : [];
}

const DUE: Record<DueFilter, Prisma.Sql> = {
  overdue: sql`t.due_at < now()`,
  day: sql`t.due_at < now() + interval '1 day'`,
  week: sql`t.due_at < now() + interval '7 days'`,
  none: sql`t.due_at IS NULL`,
};
export const isDue = (due: DueFilter | undefined): Prisma.Sql => (due === undefined ? sql`true` : DUE[due]);
