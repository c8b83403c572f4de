/** Orthogonal paths with rounded corners, as SVG path data. Pure arithmetic, in pixels of the drawing. */
export interface Point {
  x: number;
  y: number;
}
const CORNER = 8;

/** A line through points that differ in one coordinate at a time; corners are rounded, shorter where a leg is short. */
export function orthogonal(points: readonly Point[]): string {
  const [from, to] = points;
  // Most threads are a straight line from one step to the next.
  if (points.length === 2 && from && to && (from.x !== to.x || from.y !== to.y))
    return `M${from.x} ${from.y}L${to.x} ${to.y}`;
  const clean = points.filter((point, index) => {
    const before = points[index - 1];
    return !before || before.x !== point.x || before.y !== point.y;
  });
  const first = clean[0];
  if (!first) return '';
  let path = `M${first.x} ${first.y}`;
  for (let index = 1; index < clean.length; index++) {
    const from = clean[index - 1]!;
    const at = clean[index]!;
    const next = clean[index + 1];
    if (!next || straight(from, at, next)) {
      path += `L${at.x} ${at.y}`;
      continue;
    }
    const radius = Math.min(CORNER, distance(from, at) / 2, distance(at, next) / 2);
    const enter = toward(at, from, radius);
    const leave = toward(at, next, radius);
    path += `L${enter.x} ${enter.y}Q${at.x} ${at.y} ${leave.x} ${leave.y}`;
  }
  return path;
}

/**
 * The pieces of such a line between the multiples of a distance, in the order of the line. They are cut at fixed
 * coordinates, so a change of one piece changes no other one.
 */
export function cut(points: readonly Point[], every: number): Point[][] {
  const [first] = points;
  if (!first) return [];
  let piece: Point[] = [first];
  const pieces = [piece];
  points.slice(1).forEach((to, index) => {
    const from = points[index]!;
    const along = from.x === to.x ? 'y' : 'x';
    const way = Math.sign(to[along] - from[along]);
    const isBefore = (at: number) => (to[along] - at) * way > 0;
    const begin = way > 0 ? Math.floor(from[along] / every) + 1 : Math.ceil(from[along] / every) - 1;
    for (let at = begin * every; way !== 0 && isBefore(at); at += way * every) {
      const end = { ...from, [along]: at };
      piece.push(end);
      pieces.push((piece = [end]));
    }
    piece.push(to);
  });
  return pieces;
}

/** The smallest box that contains all points. */
export function around(points: readonly Point[]): Point & { width: number; height: number } {
  let [x, y, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const point of points) {
    x = Math.min(x, point.x);
    y = Math.min(y, point.y);
    right = Math.max(right, point.x);
    bottom = Math.max(bottom, point.y);
  }
  return { x, y, width: right - x, height: bottom - y };
}

const distance = (a: Point, b: Point) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
const straight = (a: Point, b: Point, c: Point) => (a.x === b.x && b.x === c.x) || (a.y === b.y && b.y === c.y);
const toward = (from: Point, to: Point, by: number): Point => ({
  x: from.x + Math.sign(to.x - from.x) * by,
  y: from.y + Math.sign(to.y - from.y) * by,
});
