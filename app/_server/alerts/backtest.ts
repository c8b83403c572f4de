/**
 * When a rule would have opened alerts, from what is stored. Pure.
 *
 * Rules
 * [ALB1] It opens and ends as the real one does ([ALE2] in evaluate.ts): after it has held, and after it has not. It is looked
 *        at once for each cell of time, at its end, and now; so a moment is as exact as a cell is long.
 * [ALB2] What began before the time that is asked for counts as open then, and is no moment of it.
 */
export interface Measured {
  /** The begin of its cell. */
  atMs: number;
  ended: number;
  /** Of these, the ones that the rule is about. */
  wanted: number;
}
export interface Timing {
  fromMs: number;
  toMs: number;
  perMs: number;
  holdMs: number;
  clearMs: number;
}

/** `cells`: of one subject, in the order of time, from `windowMs` before `fromMs` on. */
export function firings(
  cells: readonly Measured[],
  windowMs: number,
  holds: (sum: { ended: number; wanted: number }) => boolean,
  timing: Timing
): number[] {
  const { fromMs, toMs, perMs } = timing;
  const looks: { atMs: number; holds: boolean }[] = [];
  let [first, next] = [0, 0];
  const sum = { ended: 0, wanted: 0 };
  const look = (atMs: number, isLast: boolean) => {
    for (; next < cells.length && (isLast || cells[next]!.atMs + perMs <= atMs); next++) {
      sum.ended += cells[next]!.ended;
      sum.wanted += cells[next]!.wanted;
    }
    for (; first < next && cells[first]!.atMs < atMs - windowMs; first++) {
      sum.ended -= cells[first]!.ended;
      sum.wanted -= cells[first]!.wanted;
    }
    looks.push({ atMs, holds: holds(sum) });
  };
  for (let atMs = Math.ceil(fromMs / perMs) * perMs; atMs <= toMs; atMs += perMs) look(atMs, false);
  // The cell of now has not ended.
  look(toMs, true);
  return openings(looks, timing);
}

/** Of something that holds from a moment to a moment, in any order. */
export function firingsOfSpans(spans: readonly (readonly [number, number])[], timing: Timing): number[] {
  const { fromMs, toMs, holdMs, clearMs } = timing;
  const opened: number[] = [];
  let [begin, end] = [NaN, -Infinity];
  const close = () => {
    const atMs = begin + holdMs;
    if (Math.min(end, toMs) >= atMs && atMs >= fromMs && atMs <= toMs) opened.push(atMs);
  };
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (from > end + clearMs) {
      close();
      begin = from;
    }
    end = Math.max(end, to);
  }
  close();
  return opened;
}

function openings(looks: readonly { atMs: number; holds: boolean }[], { holdMs, clearMs }: Timing): number[] {
  const opened: number[] = [];
  // [ALB2]
  let isOpen = looks[0]?.holds ?? false;
  let [sinceMs, goneMs] = [NaN, NaN];
  for (const { atMs, holds } of looks) {
    if (holds) {
      goneMs = NaN;
      if (Number.isNaN(sinceMs)) sinceMs = atMs;
      if (!isOpen && atMs - sinceMs >= holdMs) {
        isOpen = true;
        opened.push(atMs);
      }
    } else if (isOpen) {
      if (Number.isNaN(goneMs)) goneMs = atMs;
      if (atMs - goneMs >= clearMs) {
        isOpen = false;
        sinceMs = NaN;
      }
    } else sinceMs = NaN;
  }
  return opened;
}
