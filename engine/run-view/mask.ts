/**
 * Hides what a flow's schemas call sensitive in what the server sends of a run: its events, its pending state, its
 * reports and answers. How a value is hidden is the business of flow/values/mask.ts; here is where a run carries
 * values, and which schema they have.
 *
 * What holds a view together is never hidden, whatever values are sensitive: ids, names, types, instants and counts
 * outside of payloads (STRUCTURE). An event whose `scheduledEventId` is 1234 keeps it when an amount of 1234 is
 * sensitive.
 */
import type { FlowDocument, JsonSchema } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { outputName } from '../flow/names';
import { allNodes } from '../flow/tree';
import { maskBySchema, namesSensitive, Secrets } from '../flow/values/mask';
import { OUTCOME_DECISION_UPDATE } from '../saga/contract';
import { carriedBy } from '../saga/carried';
import { handedResult } from '../saga/handed';
import { nodeIdOf } from '../saga/item-path';
import { INPUT_AT, type PackedScope } from '../saga/packed';
import { isOfTask, parseActivityId } from './activity-id';
import type { RunEvent } from './model';
import { withRejection } from './rejected-signals';

/** One for a run's whole history, in order: what it saw hidden once, it hides everywhere after. */
export interface Mask {
  event(event: RunEvent): RunEvent;
  /** Of what is no event and has a shape of ours: pending state, what the run reports. */
  report<T>(value: T): T;
  /**
   * Of any data: what a query or an update answered, what a person is asked about, with its schema where it has one.
   */
  data<T>(value: T, schema?: JsonSchema | null): T;
}
export const NO_MASK: Mask = { event: (event) => event, report: (value) => value, data: (value) => value };

export function maskOf(manifest: FlowManifest): Mask {
  if (!namesSensitive(manifest)) return NO_MASK;
  const secrets = new Secrets();
  const activityOf = new Map<number, string>();
  return {
    event(event) {
      if (event.type === 'ActivityTaskScheduled') activityOf.set(event.id, String(event.attributes.activityId ?? ''));
      if (event.type === 'StartChildWorkflowExecutionInitiated') activityOf.set(event.id, event.summary ?? '');
      let attributes: unknown = event.attributes;
      for (const { path, schema } of payloadsOf(event, manifest, activityOf)) {
        attributes = at(attributes, path, (payload) => maskBySchema(payload, schema, secrets));
      }
      const shown = { ...event, attributes: hideAround(attributes, secrets, isOurs(event)) as RunEvent['attributes'] };
      return event.rejected === undefined ? shown : { ...shown, rejected: secrets.hide(event.rejected) };
    },
    report: <T>(value: T) => hideAround(value, secrets, true) as T,
    data: <T>(value: T, schema?: JsonSchema | null) => secrets.hide(maskBySchema(value, schema, secrets)) as T,
  };
}

/** As `maskOf`, for events as they come: a signal is judged by what was sent, so before anything in it is masked. */
export function readerOf(manifest: FlowManifest): Mask {
  const mask = maskOf(manifest);
  return { ...mask, event: (event) => mask.event(withRejection(event, manifest)) };
}

type Path = (string | number)[];
interface Place {
  path: Path;
  schema: JsonSchema;
}

/** Where an event carries a value that the flow has a schema for. Payloads are lists: theirs is the first. */
function payloadsOf(
  { type, attributes, summary }: RunEvent,
  manifest: FlowManifest,
  activityOf: ReadonlyMap<number, string>
): Place[] {
  const { document, nodes } = manifest;
  const found = (path: Path, schema: JsonSchema | null | undefined) => (schema ? [{ path, schema }] : []);
  switch (type) {
    case 'WorkflowExecutionStarted':
    case 'WorkflowExecutionContinuedAsNew':
      return [...found(['input', 0], document.input), ...carriedPlaces(attributes.input, manifest)];
    case 'WorkflowExecutionCompleted': {
      const isHanded = handedResult(firstOf(attributes.result)) !== null;
      return found(isHanded ? ['result', 0, 'output'] : ['result', 0], document.output);
    }
    case 'StartChildWorkflowExecutionInitiated':
      return found(['input', 0], nodes[nodeIdOf(summary ?? '')]?.calls?.do?.input);
    case 'ChildWorkflowExecutionCompleted':
    case 'ChildWorkflowExecutionFailed': {
      const node = nodes[nodeIdOf(activityOf.get(Number(attributes.initiatedEventId)) ?? '')];
      const output = found(['result', 0, 'output'], node?.calls?.do?.output);
      if (!node?.child?.sensitive) return output;
      // What the undos of the child send has schemas that only the child knows.
      const undos = HANDED.flatMap((path) => undoInputs(path.reduce<unknown>(within, attributes), path));
      return [...output, ...undos.map((path) => ({ path, schema: ALL_OF_IT }))];
    }
    case 'WorkflowExecutionSignaled':
      return found(['input', 0], document.signals[String(attributes.signalName)]?.schema);
    case 'WorkflowExecutionUpdateAccepted': {
      const { name = '', args } = updateOf(attributes);
      // An operator who says that a step happened says what it answered.
      if (name === OUTCOME_DECISION_UPDATE) {
        const { nodeId } = (args?.[0] ?? {}) as { nodeId?: string };
        return found([...UPDATE_ARGUMENT, 'output'], nodes[nodeId ?? '']?.output);
      }
      return found(UPDATE_ARGUMENT, document.updates[name]?.schema);
    }
    case 'ActivityTaskScheduled': {
      const id = parseActivityId(String(attributes.activityId ?? ''));
      if (id?.within) return nodes[id.nodeId]?.child?.sensitive ? found(['input', 0], ALL_OF_IT) : [];
      if (id?.role === 'open') return found(['input', 0, 'data'], approvalSchema(document, id.nodeId));
      return id && isCall(id.role) ? found(['input', 0], nodes[id.nodeId]?.calls?.[id.role]?.input) : [];
    }
    case 'ActivityTaskCompleted': {
      const id = parseActivityId(activityOf.get(Number(attributes.scheduledEventId)) ?? '');
      if (id?.within) return nodes[id.nodeId]?.child?.sensitive ? found(['result', 0], ALL_OF_IT) : [];
      const output = id ? nodes[id.nodeId]?.output : null;
      if (id?.role === 'do') return found(['result', 0], output);
      if (id?.role === 'undo') return found(['result', 0], nodes[id.nodeId]?.calls?.undo?.output);
      // A look-up answers whether the step happened, and what it would have answered.
      if (id?.role !== 'check') return [];
      return [
        ...found(['result', 0], nodes[id.nodeId]?.calls?.check?.output),
        ...found(['result', 0, 'output'], output),
      ];
    }
    default:
      return [];
  }
}

const ALL_OF_IT: JsonSchema = { sensitive: true };
/** Where the close of a child has what it handed over. */
const HANDED: Path[] = [
  ['result', 0, 'effects'],
  ['failure', 'applicationFailureInfo', 'details', 1],
];
const firstOf = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);
const within = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;

function undoInputs(scope: unknown, path: Path): Path[] {
  const items = within(scope, 'items');
  if (!Array.isArray(items)) return [];
  return items.flatMap((item, index) => {
    const at = [...path, 'items', index];
    return within(item, 'items') === undefined ? [[...at, 'undo', 'input']] : undoInputs(item, at);
  });
}

function packedEffects({ items }: PackedScope, path: Path): { activityId: string; path: Path }[] {
  return items.flatMap((item, index) => {
    const own = [...path, 'items', index];
    return Array.isArray(item) ? [{ activityId: item[1], path: own }] : packedEffects(item, own);
  });
}

/** The data in what a run carries to the next one of its chain (saga/carried.ts), which is its second argument. */
function carriedPlaces(input: unknown, { document, nodes }: FlowManifest): Place[] {
  const carried = Array.isArray(input) ? carriedBy(input[1]) : null;
  if (!carried) return [];
  const at = ['input', 1];
  const schemas = new Map<string, JsonSchema | null | undefined>([
    ...Object.values(nodes).map(({ id, output }) => [outputName(id), output] as const),
    ...Object.entries(document.variables).map(([name, { schema }]) => [name, schema] as const),
  ]);
  const named = [
    ...Object.keys(carried.outputs).map((name): [Path, string] => [[...at, 'outputs', name], name]),
    ...Object.keys(carried.values ?? {}).map((name): [Path, string] => [[...at, 'values', name], name]),
  ];
  const values = named.map(([path, name]) => ({ path, schema: schemas.get(name) }));
  const signals = Object.entries(carried.signals).flatMap(([name, { kept, keys }]) => {
    const schema = document.signals[name]?.schema;
    const isSensitive = namesSensitive(schema);
    return [
      ...kept.map((_, index) => ({ path: [...at, 'signals', name, 'kept', index], schema })),
      // A key may be any part of the payload.
      ...(isSensitive
        ? keys.map((_, index) => ({ path: [...at, 'signals', name, 'keys', index], schema: ALL_OF_IT }))
        : []),
    ];
  });
  const undos = packedEffects(carried.effects.scope, [...at, 'effects', 'scope']).map(({ activityId, path }) => {
    const id = parseActivityId(activityId);
    const node = nodes[id?.nodeId ?? ''];
    const schema = id?.within ? (node?.child?.sensitive ? ALL_OF_IT : null) : node?.calls?.undo?.input;
    return { path: [...path, INPUT_AT], schema };
  });
  return [...values, ...signals, ...undos].flatMap(({ path, schema }) => (schema ? [{ path, schema }] : []));
}

const isCall = (role: string): role is 'do' | 'undo' | 'check' => /^(do|undo|check)$/.test(role);
const UPDATE_ARGUMENT: Path = ['acceptedRequest', 'input', 'args', 0];
const updateOf = (attributes: RunEvent['attributes']): { name?: string; args?: unknown[] } =>
  (attributes.acceptedRequest as { input?: { name?: string; args?: unknown[] } } | undefined)?.input ?? {};

function approvalSchema(document: FlowDocument, nodeId: string): JsonSchema | undefined {
  const node = allNodes(document.steps).find(({ id }) => id === nodeId);
  return node?.kind === 'approval' ? node.schema : undefined;
}

/** The arguments have a shape of the saga library: the questions to people and their answers. */
function isOurs({ type, attributes }: RunEvent): boolean {
  if (type === 'WorkflowExecutionUpdateAccepted') return updateOf(attributes).name?.startsWith('__') ?? false;
  if (type !== 'ActivityTaskScheduled') return false;
  return isOfTask(parseActivityId(String(attributes.activityId ?? ''))?.role);
}

/** Outside of payloads: what other parts of the view are found by, and what no person wrote. */
const STRUCTURE =
  /^(id|name|type|kind|state|phase|identity|attempt|decision|choice|flow|taskQueue|.+(Id|Type|Name|Hash|Attempts|Time|Ms|Timeout|Interval))$/;
/** Below these everything is data of people and services. */
const DATA = /^(result|details|data|output|success|heartbeat|lastHeartbeatDetails|memo|header)$/;
const ARGUMENTS = /^(input|args)$/;

/**
 * Every known value hidden in the data, and in texts around it. `ours`: arguments are no data but a shape of the saga
 * library.
 */
function hideAround(value: unknown, secrets: Secrets, ours: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => hideAround(item, secrets, ours));
  if (typeof value !== 'object' || value === null) return secrets.hide(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => {
      const isData = DATA.test(key) || (!ours && ARGUMENTS.test(key) && Array.isArray(item));
      if (isData) return [key, secrets.hide(item)];
      const keeps = STRUCTURE.test(key) && (typeof item !== 'object' || item === null);
      return [key, keeps ? item : hideAround(item, secrets, ours)];
    })
  );
}

/** The value with the part at `path` replaced; as it is when there is no such part. */
function at(value: unknown, [key, ...path]: Path, change: (part: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (typeof value !== 'object' || value === null || !(key in value)) return value;
  if (Array.isArray(value))
    return value.map((item, index) => (index === key ? at(item, path, change) : (item as unknown)));
  return { ...value, [key]: at((value as Record<string, unknown>)[key], path, change) };
}
