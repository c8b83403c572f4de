/**
 * JSON or YAML as a value. Reading a large YAML text takes seconds, so pages do it in a worker (document-worker.ts).
 *
 * Rules
 * [RO3] A text of JSON is read as JSON: reading it as YAML, which it also is, takes a hundred times as long.
 * [RO4] In YAML, `<<` adds the fields of another group, as in most documents that have anchors.
 */
import { parse } from 'yaml';
import { TOO_DEEP } from './read-problems';

export type ReadText = { document: unknown } | { problem: string };

export function readDocument(text: string): ReadText {
  const start = text.trimStart();
  if (start.startsWith('{')) {
    try {
      return { document: JSON.parse(start) as unknown };
    } catch {
      // YAML has braces, too. Where it is neither, the reader of YAML says where.
    }
  }
  try {
    // Aliases that multiply each other are refused.
    return { document: parse(text, { maxAliasCount: 100, merge: true, logLevel: 'error' }) as unknown };
  } catch (error) {
    if (error instanceof RangeError || /call stack/i.test(String(error))) return { problem: TOO_DEEP };
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { problem: `It is neither JSON nor YAML: ${line}` };
  }
}
