/** The innermost node whose generated code contains `line` (counted from 1); null if there is none. */
export function nodeAtLine(
  nodes: Readonly<Record<string, { lines: readonly [number, number] }>>,
  line: number
): string | null {
  const hits = Object.entries(nodes).filter(([, { lines }]) => line >= lines[0] && line <= lines[1]);
  hits.sort(([, a], [, b]) => a.lines[1] - a.lines[0] - (b.lines[1] - b.lines[0]));
  return hits[0]?.[0] ?? null;
}
