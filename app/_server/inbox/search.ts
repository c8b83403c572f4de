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

const patternOf = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/**
 * The data is parsed only where its text has the word. An older release could store text that `jsonb` has no form for;
 * such data is searched as it is written.
 */
function has(word: string): Prisma.Sql {
  const pattern = patternOf(word);
  const written = patternOf(JSON.stringify(word).slice(1, -1));
  return sql`(
  concat_ws(' ', t.title, t.question, t.flow, t.workflow_id, t.first_run_id, t.run_id, t.decided_by, t.comment,
    t.claimed_by_name) ILIKE ${pattern}
  OR CASE WHEN NOT t.data::text ILIKE ${written} THEN false
    WHEN t.data::text ~ '\\\\u(0000|[dD][89a-fA-F])' THEN true
    ELSE EXISTS (SELECT FROM jsonb_path_query(t.data::jsonb, '$.**') AS v
      WHERE jsonb_typeof(v) IN ('string', 'number') AND v #>> '{}' ILIKE ${pattern})
  END)`;
}

const DUE: Record<DueFilter, Prisma.Sql> = {
  overdue: sql`t.due_at < now()`,
  day: sql`t.due_at < now() + interval '1 day'`,
  week: sql`t.due_at < now() + interval '7 days'`,
  none: sql`t.due_at IS NULL`,
};
export const isDue = (due: DueFilter | undefined): Prisma.Sql => (due === undefined ? sql`true` : DUE[due]);
