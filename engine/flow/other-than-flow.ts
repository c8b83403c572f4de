/**
 * What somebody has in hand who imports something else than a flow document, so that the refusal says where to go with
 * it.
 */

const NEEDED = 'A flow document is a JSON object.';

/** A sentence; null for what may be a flow document. */
export function otherThanFlow(value: unknown): string | null {
  if (Array.isArray(value)) return `${NEEDED} This is a list: import its entries one by one.`;
  if (typeof value !== 'object' || value === null) return NEEDED;
  const has = (...names: string[]) => names.every((name) => Object.hasOwn(value, name));
  if (has('steps') || has('format', 'title')) return null;
  if (has('events'))
    return 'This is the history of a run, not the document of its flow. Open the flow and download its document.';
  if (has('backstitch steps'))
    return 'These are copied steps, not a flow. Open a draft and paste them into its drawing.';
  if (has('document')) return "This is more than a flow document: import what it has in the field 'document'.";
  if (has('openapi') || has('swagger'))
    return 'This is an OpenAPI document. Import it under Settings, Connections, as operations.';
  if (has('StartAt', 'States'))
    return 'This is a state machine in the Amazon States Language, which cannot be imported.';
  if (has('nodes', 'connections')) return 'This is a workflow of n8n, which cannot be imported.';
  return null;
}
