/**
 * Hides what a schema calls sensitive before it leaves the server. Two passes over an event: fields that a schema names, and
 * wherever else the very same values turn up (a step's input is made from the flow's; a failure's message quotes it).
 */
import type { FlowDocument, JsonSchema } from '@/engine/flow/document';
import type { FlowManifest } from '@/engine/flow/manifest';
import { parseActivityId } from '@/engine/run-view/activity-id';
import type { RunEvent } from '@/engine/run-view/model';
import { allNodes } from '@/engine/flow/tree';

export const MASKED = '••••••';
/** Shorter values turn up by chance: hiding every 'EUR' because one was sensitive would hide the run. */
const SHORTEST_TELLTALE = 4;

/** One for a run's whole history, in order: what it saw hidden once, it hides everywhere after. */
export interface Mask {
  event(event: RunEvent): RunEvent;
  /** Of what is no event: pending state, what the run reports. */
  value<T>(value: T): T;
}
export const NO_MASK: Mask = { event: (event) => event, value: (value) => value };

export function maskOf(manifest: FlowManifest): Mask {
  if (!JSON.stringify(manifest).includes('"sensitive":true')) return NO_MASK;
  const secrets = new Set<string>();
  const activityOf = new Map<number, string>();
  return {
    event(event) {
      if (event.type === 'ActivityTaskScheduled') activityOf.set(event.id, String(event.attributes.activityId ?? ''));
      let attributes: unknown = event.attributes;
      for (const { path, schema } of payloadsOf(event, manifest, activityOf)) {
        attributes = at(attributes, path, (payload) => bySchema(payload, schema, secrets));
      }
      return { ...event, attributes: byValue(attributes, secrets) as RunEvent['attributes'] };
    },
    value: <T>(value: T) => byValue(value, secrets) as T,
  };
}

/** Where an event carries a value that the flow has a schema for. Payloads are lists: theirs is the first. */
function payloadsOf(
  { type, attributes }: RunEvent,
  { document, nodes }: FlowManifest,
  activityOf: ReadonlyMap<number, string>
): { path: (string | number)[]; schema: JsonSchema }[] {
  const found = (path: (string | number)[], schema: JsonSchema | null | undefined) =>
    schema ? [{ path, schema }] : [];
  switch (type) {
    case 'WorkflowExecutionStarted':
      return found(['input', 0], document.input);
    case 'WorkflowExecutionCompleted':
      return found(['result', 0], document.output);
    case 'WorkflowExecutionSignaled':
      return found(['input', 0], document.signals[String(attributes.signalName)]?.schema);
    case 'WorkflowExecutionUpdateAccepted': {
      const request = attributes.acceptedRequest as { input?: { name?: string } } | undefined;
      return found(['acceptedRequest', 'input', 'args', 0], document.updates[request?.input?.name ?? '']?.schema);
    }
    case 'ActivityTaskScheduled': {
      const id = parseActivityId(String(attributes.activityId ?? ''));
      return id?.role === 'open' ? found(['input', 0, 'data'], approvalSchema(document, id.nodeId)) : [];
    }
    case 'ActivityTaskCompleted': {
      const id = parseActivityId(activityOf.get(Number(attributes.scheduledEventId)) ?? '');
      return id?.role === 'do' ? found(['result', 0], nodes[id.nodeId]?.output) : [];
    }
    default:
      return [];
  }
}

function approvalSchema(document: FlowDocument, nodeId: string): JsonSchema | undefined {
  const node = allNodes(document.steps).find(({ id }) => id === nodeId);
  return node?.kind === 'approval' ? node.schema : undefined;
}

/** The value with the part at `path` replaced; as it is when there is no such part. */
function at(value: unknown, [key, ...path]: (string | number)[], change: (part: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (typeof value !== 'object' || value === null || !(key in value)) return value;
  if (Array.isArray(value))
    return value.map((item, index) => (index === key ? at(item, path, change) : (item as unknown)));
  return { ...value, [key]: at((value as Record<string, unknown>)[key], path, change) };
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
  const further = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const of = schema.properties?.[key] ?? further;
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
