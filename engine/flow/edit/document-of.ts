/**
 * The document of a draft, for layout, linter, preview and compiler. It can always be read: what is missing or wrong in
 * a field is replaced by what a new node has there, and reported as a problem with the node and the field. The tray is
 * not part of it.
 *
 * Nodes that did not change since the last call are not made again, and a draft is read once: drafts are never changed
 * in place.
 */
import { z } from 'zod';
import type { Diagnostic } from '../diagnostic';
import { FLOW_FORMAT, flowDocumentSchema, type FlowDocument } from '../document';
import { plainIssue } from '../../plain-issue';
import { factsOf, type FlowNode } from '../nodes/table';
import { holdOf, type Draft, type DraftBranch, type DraftNode, type Fields } from './draft';

export interface DraftDocument {
  document: FlowDocument;
  problems: readonly Diagnostic[];
}

interface Made {
  node: FlowNode;
  problems: Diagnostic[];
}
const made = new WeakMap<DraftNode, Made>();

const read = new WeakMap<Draft, DraftDocument>();

export function documentOf(draft: Draft): DraftDocument {
  let document = read.get(draft);
  if (!document) read.set(draft, (document = newDocumentOf(draft)));
  return document;
}

function newDocumentOf(draft: Draft): DraftDocument {
  const problems: Diagnostic[] = [];
  const steps = draft.steps.map((each) => {
    const { node, problems: own } = nodeOf(each);
    problems.push(...own);
    return node;
  });
  const { steps: _steps, format: _format, ...shape } = flowDocumentSchema.shape;
  const fields = readFields(draft.flow, shape, NEW_FLOW, (path, message) =>
    problems.unshift({ code: 'malformed', severity: 'error', nodeId: null, path, message })
  );
  return { document: { format: FLOW_FORMAT, ...fields, steps } as FlowDocument, problems };
}

const NEW_FLOW: Record<string, unknown> = { name: 'new-flow', title: 'New flow', input: { type: 'object' } };

/** What an optional field has in the place of what is missing inside it. */
const NEW_PARTS: Record<string, Record<string, unknown>> = {
  undo: { title: 'Undo', activity: 'http.request', input: {} },
  unknown: { policy: 'ask' },
  options: {},
};

/** Sequences have been read before their node is. */
const ANY_STEPS = z.array(z.any()) as unknown as z.ZodType<FlowNode[]>;
const shapes = new Map<string, Record<string, z.ZodType>>();
function shapeOf(kind: FlowNode['kind']): Record<string, z.ZodType> {
  let shape = shapes.get(kind);
  if (!shape) {
    shape = factsOf({ kind } as FlowNode).schema(ANY_STEPS).shape as Record<string, z.ZodType>;
    shapes.set(kind, shape);
  }
  return shape;
}

function nodeOf(draft: DraftNode): Made {
  const known = made.get(draft);
  if (known) return known;
  const { id, kind } = draft;
  const problems: Diagnostic[] = [];
  const inner: Diagnostic[] = [];
  const report = (path: (string | number)[], message: string) =>
    problems.push({ code: 'malformed', severity: 'error', nodeId: id, path, message });
  const { id: _id, kind: _kind, ...shape } = shapeOf(kind);
  const held = new Map<string, DraftBranch[]>();
  for (const branch of draft.branches) held.set(branch.at, [...(held.get(branch.at) ?? []), branch]);
  const own = Object.fromEntries(Object.entries(shape).filter(([name]) => holdOf(kind, name) === null));
  const fresh = factsOf({ kind } as FlowNode).create(id) as unknown as Record<string, unknown>;
  const fields = readFields(draft.fields, own, { ...NEW_PARTS, ...fresh }, report, fresh);
  const branches = [...held].map(([at, list]): [string, unknown] => {
    const hold = holdOf(kind, at)!;
    const read = list.map((branch, index) => {
      const steps = branch.steps.map((each) => {
        const { node, problems: nested } = nodeOf(each);
        inner.push(...nested);
        return node;
      });
      if (hold === 'steps' || hold === 'body') return steps;
      const path = hold === 'branch' ? [at] : [at, index];
      return branchOf(branch, hold, shape[at]!, steps, (rest, message) => report([...path, ...rest], message));
    });
    return [at, hold === 'branches' || hold === 'handlers' ? read : read[0]];
  });
  const node = { id, kind, ...fields, ...Object.fromEntries(branches) } as unknown as FlowNode;
  const result = { node, problems: [...problems, ...inner] };
  made.set(draft, result);
  return result;
}

const NEW_BRANCH = { title: 'Branch', when: 'true', types: [] };

function branchOf(
  { id, fields }: DraftBranch,
  hold: 'branches' | 'branch' | 'handlers',
  schema: z.ZodType,
  steps: FlowNode[],
  report: (path: (string | number)[], message: string) => void
): object {
  const { id: ofId, steps: ofSteps, then: _then, ...shape } = objectIn(schema);
  const read = readFields(fields, shape, NEW_BRANCH, report, NEW_BRANCH);
  return { ...(ofId ? { id } : {}), ...read, ...(ofSteps && hold !== 'handlers' ? { steps } : { then: steps }) };
}

/** The fields of the object in an optional object, or in a list of them. */
function objectIn(schema: z.ZodType): Record<string, z.ZodType> {
  if (schema instanceof z.ZodOptional) return objectIn(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return objectIn(schema.element as z.ZodType);
  return schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
}

/**
 * `parts`: in the place of what is missing inside a field. `fresh`: in the place of a field that is required and
 * missing.
 */
function readFields(
  fields: Fields,
  shape: Record<string, z.ZodType>,
  parts: Record<string, unknown>,
  report: (path: (string | number)[], message: string) => void,
  fresh: Record<string, unknown> = parts
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const name of Object.keys(fields))
    if (!Object.hasOwn(shape, name)) report([name], `There is no field '${name}' here.`);
  for (const [name, schema] of Object.entries(shape)) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) {
      if (parsed.data !== undefined) read[name] = parsed.data;
      continue;
    }
    for (const issue of parsed.error.issues) {
      const { path, message } = plainIssue(issue);
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys) report([name, ...path, key], `There is no field '${key}' here.`);
      else report([name, ...path], isMissing(value, path) ? 'This is missing.' : message);
    }
    const mended = value === undefined ? fresh[name] : mend(schema, value, parts[name], parsed.error);
    if (mended !== undefined) read[name] = mended;
  }
  return read;
}

const isMissing = (value: unknown, path: readonly (string | number)[]): boolean =>
  path.reduce<unknown>(
    (inner, part) => (inner as Record<string | number, unknown> | null | undefined)?.[part],
    value
  ) === undefined;

/** As much of a value as can be read; the rest as a new one has it. Undefined: none of it. */
function mend(schema: z.ZodType, value: unknown, fallback: unknown, error: z.ZodError): unknown {
  const isObject = (each: unknown) => typeof each === 'object' && each !== null && !Array.isArray(each);
  if (isObject(value)) {
    const wrong = new Set(
      error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [issue.path[0]]))
    );
    const right = Object.entries(value as object).filter(([name]) => !wrong.has(name));
    const tried = schema.safeParse({
      ...(isObject(fallback) ? (fallback as object) : {}),
      ...Object.fromEntries(right),
    });
    if (tried.success) return tried.data;
  }
  const parsed = schema.safeParse(fallback);
  return parsed.success ? parsed.data : undefined;
}
