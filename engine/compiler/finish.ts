/** Phase 5. Formats the module, reads the lines of each node from the markers, and removes the markers. */
import { createHash } from 'node:crypto';
import { format } from 'prettier';
import type { Markers } from './emit/steps';

export interface Finished {
  code: string;
  /** Node id → first and last line, from 1. */
  lines: Map<string, [number, number]>;
}

/** Marker comments that no text of the document can equal: they contain the digest of the whole document. */
export function markersFor(document: unknown): Markers & { prefix: string } {
  const prefix = `//@${createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 16)} `;
  return { prefix, begin: (nodeId) => `${prefix}begin ${nodeId}`, end: (nodeId) => `${prefix}end ${nodeId}` };
}

export const formatted = (text: string): Promise<string> =>
  format(text, { parser: 'typescript', singleQuote: true, printWidth: 100 });

/** Throws if the text is not TypeScript, which means an error in the earlier phases. */
export async function finish(text: string, { prefix }: { prefix: string }): Promise<Finished> {
  const kept: string[] = [];
  const lines = new Map<string, [number, number]>();
  for (const line of (await formatted(text)).split('\n')) {
    const marker = line.trim();
    if (!marker.startsWith(prefix)) {
      kept.push(line);
      continue;
    }
    const [place, nodeId = ''] = marker.slice(prefix.length).split(' ');
    if (place === 'begin') lines.set(nodeId, [kept.length + 1, 0]);
    else {
      // Blank lines that formatting left before the marker do not belong to the node.
      while (kept.at(-1)?.trim() === '') kept.pop();
      lines.get(nodeId)?.splice(1, 1, kept.length);
    }
  }
  return { code: kept.join('\n'), lines };
}
