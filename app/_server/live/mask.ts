/**
 * Hides what a schema calls sensitive before it leaves the server. Two passes over an event: fields that a schema names, and
 * wherever else the very same values turn up (a step's input is made from the flow's).
 */
import type { JsonSchema } from '@/engine/flow/document';
import type { FlowManifest } from '@/engine/flow/manifest';
import { parseActivityId } from '@/engine/flow/run/activity-id';
import type { RunEvent } from '@/engine/flow/run/model';

export const MASKED = '••••••';
/** Shorter values turn up by chance: hiding every 'EUR' because one was sensitive would hide the run. */
const SHORTEST_TELLTALE = 4;

/** One for a run's whole history, in order: what it saw hidden once, it hides everywhere after. */
export function maskOf(manifest: FlowManifest): (event: RunEvent) => RunEvent {
  if (!JSON.stringify(manifest).includes('"sensitive":true')) return (event) => event;
  const secrets = new Set<string>();
  const activityOf = new Map<number, string>();

  return (event) => {
    const { attributes } = event;
    if (event.type === 'ActivityTaskScheduled') activityOf.set(event.id, String(attributes.activityId ?? ''));
    const schemas = schemasOf(event, manifest, activityOf);
    const masked: Record<string, unknown> = { ...attributes };
    for (const [field, schema] of Object.entries(schemas)) {
      const value = masked[field];
      if (Array.isArray(value))
        masked[field] = value.map((item, index) => (index === 0 ? bySchema(item, schema, secrets) : item));
    }
    return { ...event, attributes: byValue(masked, secrets) as Record<string, unknown> };
  };
}

/** Schema of the first payload of a field, by the event's kind. */
function schemasOf(
  { type, attributes }: RunEvent,
  { document, nodes }: FlowManifest,
  activityOf: ReadonlyMap<number, string>
): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema | null | undefined> = {};
  switch (type) {
    case 'WorkflowExecutionStarted':
      found.input = document.input;
      break;
    case 'WorkflowExecutionCompleted':
      found.result = document.output;
      break;
    case 'WorkflowExecutionSignaled':
      found.input = document.signals[String(attributes.signalName)]?.schema;
      break;
    case 'ActivityTaskCompleted': {
      const id = parseActivityId(activityOf.get(Number(attributes.scheduledEventId)) ?? '');
      if (id?.role === 'do') found.result = nodes[id.nodeId]?.output;
      break;
    }
  }
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, JsonSchema] => Boolean(entry[1])));
}

function bySchema(value: unknown, schema: JsonSchema, secrets: Set<string>): unknown {
  if (value === null || value === undefined) return value;
  if (schema.sensitive) {
    collect(value, secrets);
    return MASKED;
  }
  if (Array.isArray(value))
    return schema.items ? value.map((item) => bySchema(item, schema.items as JsonSchema, secrets)) : value;
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const of = schema.properties?.[key];
      return [key, of ? bySchema(item, of, secrets) : item];
    })
  );
}

function collect(value: unknown, secrets: Set<string>): void {
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item, secrets);
  else if (String(value).length >= SHORTEST_TELLTALE) secrets.add(String(value));
}

function byValue(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (secrets.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => byValue(item, secrets));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, byValue(item, secrets)]));
  }
  if (typeof value === 'number') return secrets.has(String(value)) ? MASKED : value;
  if (typeof value !== 'string') return value;
  let text = value;
  for (const secret of secrets) if (text.includes(secret)) text = text.replaceAll(secret, MASKED);
  return text;
}
