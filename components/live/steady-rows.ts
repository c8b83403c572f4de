/**
 * Which rows a live list shows. Pure; `use-steady-rows.ts` ties it to a page.
 *
 * Rules
 * [L1] Nobody is at the list: it shows what the server told last, in its order.
 * [L2] Somebody is (scrolled, points at a row, has one focused): every row stays where it is and changes in place; a row that
 *      the server no longer lists stays, marked as gone; what came between or above is counted, not shown.
 * [L3] Rows below the last one that is shown are appended in either case: a next page moves nothing.
 * [L4] Nothing changed: the very same array comes back.
 */
export interface SteadyRow<T> {
  item: T;
  /** No longer among what the list asks for; shown until nobody is at the list. */
  gone: boolean;
}
export interface Arranged<T> {
  rows: readonly SteadyRow<T>[];
  /** Items that the server lists and the rows do not. */
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
  // None of the rows is listed any more: the whole answer is new.
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
