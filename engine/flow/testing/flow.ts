/** The document of a test, read as any other document is. Throws with what cannot be read. */
import type { FlowDocument } from '../document';
import { readFlow } from '../read';

export function parseFlow(value: unknown): FlowDocument {
  const { document, diagnostics } = readFlow(value);
  if (!document) throw new Error(diagnostics.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  return document;
}
