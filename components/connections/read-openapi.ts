/**
 * Reads the text of an OpenAPI document, JSON or YAML, in the browser. The parser is loaded when somebody imports.
 * Nothing is fetched: what the document refers to outside of itself is not read. The document as a whole is not
 * validated: the converter (engine/flow/connections/openapi.ts) reports what is wrong with each operation.
 *
 * [RO5] A document without operations says so, instead of a choice among none.
 */
import { listOpenApi, type OpenApiList } from '@/engine/flow/connections/openapi';
import type { ReadText } from './read-document';
import { NOT_LOADED, TOO_DEEP } from './read-problems';

/** The documents of large services have 10 MB. */
const LARGEST = 20_000_000;

export interface ReadDocument {
  document: unknown;
  list: OpenApiList;
}

/** Returns a sentence for people if the text cannot be used. */
export async function readOpenApi(text: string): Promise<ReadDocument | { problem: string }> {
  if (text.length > LARGEST) return { problem: `The document is larger than ${LARGEST / 1_000_000} MB.` };
  const read = await readApart(text);
  if ('problem' in read) return read;
  const { document } = read;
  const list = listOpenApi(document);
  if ('problem' in list) return list;
  return list.operations.length + list.more > 0 ? { document, list } : { problem: emptyWords(list) };
}

/** [RO5] */
function emptyWords({ elsewhere }: OpenApiList): string {
  if (elsewhere.length === 0) return "It has no operations: nothing under 'paths' has a method such as 'get'.";
  const more = elsewhere.length > 3 ? ` and ${elsewhere.length - 3} more` : '';
  return `Its operations are in other documents, which are not read: ${elsewhere.slice(0, 3).join(', ')}${more}.`;
}

/** In a worker, so that the page answers meanwhile. Without workers, as in tests, right here. */
async function readApart(text: string): Promise<ReadText> {
  if (typeof Worker === 'undefined') return (await import('./read-document')).readDocument(text);
  const worker = new Worker(new URL('./document-worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<ReadText>((resolve) => {
      worker.addEventListener('message', ({ data }: MessageEvent<ReadText>) => resolve(data), { once: true });
      worker.addEventListener('messageerror', () => resolve({ problem: TOO_DEEP }), { once: true });
      worker.addEventListener('error', () => resolve({ problem: NOT_LOADED }), { once: true });
      worker.postMessage(text);
    });
  } finally {
    worker.terminate();
  }
}
