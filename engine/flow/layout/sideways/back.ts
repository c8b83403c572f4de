/** The back thread: the path along which a sequence is undone, through the linings of its steps. */
import { SIDEWAYS } from '../model';
import type { Point } from '../path';
import type { Sink } from '../sink';
import type { Run } from './parts';

const ARROW_EVERY = 160;

/**
 * One path for the back thread of a sequence, out of its runs. `bend`: a lower branch comes down from the meet of its
 * fork and goes up again to the joint; where it does not reach one of them it simply begins or ends.
 */
export function backThread(
  runs: readonly Run[],
  branch: string | null,
  y: number,
  bend: { joint: number; meetX: number; y: number } | null,
  out: Sink
): void {
  const pieces = mergedRuns(runs).map(([left, right]) => {
    const points: Point[] = [
      { x: right, y },
      { x: left, y },
    ];
    if (bend && right === bend.meetX) points.unshift({ x: right, y: bend.y });
    if (bend && left === bend.joint) points.push({ x: left, y: bend.y });
    return points;
  });
  const arrows = runs.flatMap((run) => arrowsOn(run, y));
  out.back(pieces, branch, arrows);
}

/** Runs that touch are joined; from right to left. */
function mergedRuns(runs: readonly Run[]): Run[] {
  const merged: Run[] = [];
  for (const [left, right] of [...runs].sort((a, b) => b[1] - a[1])) {
    const last = merged.at(-1);
    if (last && Math.abs(last[0] - right) < 0.5) last[0] = left;
    else merged.push([left, right]);
  }
  return merged;
}

/** Not on cards, which have their own sign, and not if there is no space. */
function arrowsOn([left, right]: Run, y: number): Point[] {
  if (right - left === SIDEWAYS.cardWidth || right - left < 20) return [];
  const count = Math.max(1, Math.floor((right - left) / ARROW_EVERY));
  return Array.from({ length: count }, (_, index) => ({ x: left + ((right - left) * (index + 0.5)) / count, y }));
}
