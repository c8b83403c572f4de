/**
 * Which rows a live list shows. Pure; `use-steady-rows.ts` connects it to a page.
 *
 * Rules
 * [LSR1] If nobody uses the list, it shows the last answer of the server, in its order.
 * [LSR2] If somebody uses the list (it is scrolled, or a row is under the pointer or focused), every row keeps its
 *      place and changes in place. A row that the server no longer lists remains, marked as gone. New rows between or
 *      above are counted, not shown.
 * [LSR3] Rows below the last shown row are appended in both cases, because a next page moves nothing.
 * [LSR4] If nothing changed, the same array is returned.
 */
export interface SteadyRow<T> {
  item: T;
  /** The server no longer lists this row; it is shown until nobody uses the list. */
  gone: boolean;
}
export interface Arranged<T> {
  rows: readonly SteadyRow<T>[];
  /** The number of items that the server lists and the rows do not include. */
  held: number;
}

export function arrange<T>(
  shown: readonly SteadyRow<T>[],
  latest: readonly T[],
  hold: boolean,
  keyOf: (item: T) => string
): Arranged<T> {
  if (!hold || shown.length === 0) {
    return {
      rows: keepSame(
        shown,
        latest.map((item) => ({ item, gone: false }))
      ),
      held: 0,
    };
  }
  const byKey = new Map(latest.map((item) => [keyOf(item), item]));
  const rows: SteadyRow<T>[] = shown.map(({ item }) => {
    const now = byKey.get(keyOf(item));
    return now === undefined ? { item, gone: true } : { item: now, gone: false };
  });
  const known = new Set(shown.map(({ item }) => keyOf(item)));
  const lastKnown = latest.findLastIndex((item) => known.has(keyOf(item)));
  // The server lists none of the rows any more, so all rows are replaced.
  const below = lastKnown < 0 ? [] : latest.slice(lastKnown + 1);
  for (const item of below) rows.push({ item, gone: false });
  return { rows: keepSame(shown, rows), held: latest.filter((item) => !known.has(keyOf(item))).length - below.length };
}

function keepSame<T>(before: readonly SteadyRow<T>[], after: readonly SteadyRow<T>[]): readonly SteadyRow<T>[] {
  const same =
    before.length === after.length &&
    before.every(({ item, gone }, index) => after[index]?.item === item && after[index].gone === gone);
  return same ? before : after;
}
