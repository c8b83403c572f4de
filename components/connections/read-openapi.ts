/**
 * Reads the text of an OpenAPI document, JSON or YAML, in the browser. The parser is loaded when somebody imports.
 * Nothing is fetched: what the document refers to outside of itself is not read. The document as a whole is not
 * validated: the converter (engine/flow/connections/openapi.ts) reports what is wrong with each operation.
 */
import { listOpenApi, type OpenApiList } from '@/engine/flow/connections/openapi';

const LARGEST = 5_000_000;

export interface ReadDocument {
  document: unknown;
  list: OpenApiList;
}

/** Returns a sentence for people if the text cannot be used. */
export async function readOpenApi(text: string): Promise<ReadDocument | { problem: string }> {
  if (text.length > LARGEST) return { problem: `The document is larger than ${LARGEST / 1_000_000} MB.` };
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    // Aliases that multiply each other are refused.
    document = parse(text, { maxAliasCount: 100, logLevel: 'error' });
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { problem: `It is neither JSON nor YAML: ${line}` };
  }
  const list = listOpenApi(document);
  return 'problem' in list ? list : { document, list };
}
