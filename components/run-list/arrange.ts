/**
 * Which rows a live list shows. Pure.
 *
 * Rules
 * [L1] Nobody is at the list: it shows what the server told last, in its order.
 * [L2] Somebody is (scrolled, points at a row, has one focused): every row stays where it is and changes in place; a row that
 *      the server no longer lists stays, marked as gone; what came between or above is counted, not shown.
 * [L3] Rows below the last one that is shown are appended in either case: a next page moves nothing.
 * [L4] Nothing changed: the very same array comes back.
 */
import type { RunSummary } from '@/app/_contract/runs';

export interface RunRow {
  run: RunSummary;
  /** No longer among what the filters ask for; shown until nobody is at the list. */
  gone: boolean;
}
export interface Arranged {
  rows: readonly RunRow[];
  /** Runs that the server lists and the rows do not. */
  held: number;
}

export const keyOf = ({ workflowId, runId }: Pick<RunSummary, 'workflowId' | 'runId'>): string =>
  `${workflowId}/${runId}`;

export function arrange(shown: readonly RunRow[], latest: readonly RunSummary[], hold: boolean): Arranged {
  if (!hold || shown.length === 0) {
    return {
      rows: keepSame(
        shown,
        latest.map((run) => ({ run, gone: false }))
      ),
      held: 0,
    };
  }
  const byKey = new Map(latest.map((run) => [keyOf(run), run]));
  const rows: RunRow[] = shown.map(({ run }) => {
    const now = byKey.get(keyOf(run));
    return now ? { run: now, gone: false } : { run, gone: true };
  });
  const known = new Set(shown.map(({ run }) => keyOf(run)));
  const lastKnown = latest.findLastIndex((run) => known.has(keyOf(run)));
  // None of the rows is listed any more: the whole answer is new.
  const below = lastKnown < 0 ? [] : latest.slice(lastKnown + 1);
  for (const run of below) rows.push({ run, gone: false });
  return { rows: keepSame(shown, rows), held: latest.filter((run) => !known.has(keyOf(run))).length - below.length };
}

function keepSame(before: readonly RunRow[], after: readonly RunRow[]): readonly RunRow[] {
  const same =
    before.length === after.length &&
    before.every(({ run, gone }, index) => after[index]?.run === run && after[index].gone === gone);
  return same ? before : after;
}
