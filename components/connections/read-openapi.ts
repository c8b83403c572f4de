/**
 * Reads the text of an OpenAPI document, JSON or YAML. The parser is loaded when somebody imports. Nothing is fetched:
 * what the document refers to outside of itself is not read.
 */
import { listOpenApi, type OpenApiList } from '@/engine/flow/connections/openapi';

const LARGEST = 5_000_000;
const MOST_NOTES = 5;

export interface ReadDocument {
  document: unknown;
  list: OpenApiList;
  /** Where the document breaks the specification. Operations that can be read are listed all the same. */
  notes: string[];
}

export async function readOpenApi(text: string): Promise<ReadDocument | { problem: string }> {
  if (text.length > LARGEST) return { problem: `The document is larger than ${LARGEST / 1_000_000} MB.` };
  const [{ parse }, { validate }] = await Promise.all([import('yaml'), import('@scalar/openapi-parser')]);
  let document: unknown;
  try {
    // Aliases that multiply each other are refused.
    document = parse(text, { maxAliasCount: 100, logLevel: 'silent' });
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { problem: `It is neither JSON nor YAML: ${line}` };
  }
  const list = listOpenApi(document);
  if ('problem' in list) return list;
  const notes = await validate(structuredClone(document) as Record<string, unknown>).then(
    ({ errors = [] }) => errors.map(({ message }) => message),
    () => []
  );
  return { document, list, notes: [...new Set(notes)].slice(0, MOST_NOTES) };
}
