/**
 * What an expression may read at each place of a flow. Validation ([FV9]), the compiler's check of expressions and the
 * designer's 'Insert value' all ask here.
 *
 * Rules
 * [SCO1] Outputs of nodes that have certainly run before, the nearest first; then variables and the input.
 * [SCO2] The undo of a step reads the output of the step; the step itself and its look-up do not.
 * [SCO3] A caught failure is readable in its own handler only.
 * [SCO4] A variable reads those before it, the key of a signal only what was sent, and queries, updates and searchable
 *        fields every output as one that may be missing.
 * [SCO5] An item of a loop has the type that its list has.
 * [SCO6] The end of a loop reads the outputs of its steps, and the item. What each item gives has the type of what it
 *        reads.
 */
import type { Catalogue } from './catalogue';
import type { FlowDocument } from './document';
import type { JsonSchema } from './json-schema';
import { outputName } from './names';
import { factsOf, type FlowNode } from './nodes/table';
import { objectType, schemaType } from './schema/type';
import { listOf, schemaOfPath, templateType, type TemplateType } from './template-type';
import type { TemplateField } from './template';
import { flowTemplatesOf, type FlowTemplateField } from './templates';
import { allNodes, catchesOf, handlersEnd, isLoop } from './tree';

/** The names at a node, beside the input and the variables. */
export interface NodeScope {
  /** Outputs of nodes that have certainly run before it. */
  outputs: ReadonlySet<string>;
  /** Failures that were caught around it, with the node of the handler. */
  caught: ReadonlyMap<string, FlowNode>;
  /** Items of the loops around it, with the loop of each. */
  items: ReadonlyMap<string, FlowNode>;
}
const NOTHING: NodeScope = { outputs: new Set(), caught: new Map(), items: new Map() };

/**
 * Visits every node with its scope, and a loop a second time, with the scope at the end of its steps
 * ('inside'). The sets of a scope change after the visit. Returns the names that are available after the last node.
 */
export function walkScopes(
  steps: readonly FlowNode[],
  visit: (node: FlowNode, scope: NodeScope, place: 'before' | 'inside') => void,
  { outputs: before, caught, items }: NodeScope = NOTHING
): Set<string> {
  const known = new Set(before);
  for (const node of steps) {
    const { output, branches, runs } = factsOf(node);
    const own = output ? outputName(node.id) : null;
    visit(node, { outputs: known, caught, items }, 'before');
    const inner = branches(node);
    const handlers = catchesOf(node);
    // Most nodes contain nothing: names are copied only for those that do.
    if (inner.length === 0 && handlers.length === 0) {
      if (own !== null) known.add(own);
      continue;
    }
    const withOwn = own === null ? known : new Set([...known, own]);
    const through = new Set(known);
    for (const branch of inner) {
      const own = (branch.names ?? []).map(({ name }) => [name, node] as const);
      const inItems = new Map([...items, ...own]);
      const inBranch = walkScopes(branch.steps, visit, {
        outputs: branch.knowsOutput ? withOwn : known,
        caught,
        items: inItems,
      });
      // Of several branches one is taken, and there may be no item, so names of such a branch are not available after
      // it.
      if (runs === 'all' || runs === 'once') inBranch.forEach((name) => through.add(name));
      if (isLoop(node)) visit(node, { outputs: inBranch, caught, items: inItems }, 'inside');
    }
    for (const { as, then } of handlers)
      walkScopes(then, visit, {
        outputs: known,
        items,
        caught: as === undefined ? caught : new Map([...caught, [as, node]]),
      });
    // After a handled failure the flow continues without the output of the failed node.
    if (handlersEnd(handlers)) through.forEach((name) => known.add(name));
    // A node's own output remains readable; if it may be missing, its type shows that.
    if (own !== null) known.add(own);
  }
  return known;
}

export interface ScopeValue {
  /** As expressions write it. */
  name: string;
  /** In words: the title of the step, or of the field. */
  title: string;
  from: 'input' | 'output' | 'variable' | 'argument' | 'failure' | 'item';
  /** Undefined if its type is unknown. */
  schema: JsonSchema | undefined;
  /** In TypeScript, as in the generated code. */
  type: string;
  /** It may be missing when it is read, so `?.` is needed. */
  mayBeMissing: boolean;
}

/** Of an approval's output. */
const DECISION: JsonSchema = {
  type: 'object',
  required: ['decision', 'comment'],
  properties: {
    decision: { type: 'string', title: 'Decision', enum: ['approve', 'reject'] },
    comment: { type: 'string', title: 'Comment' },
    decidedBy: { type: 'string', title: 'Decided by' },
  },
};
const DECISION_TYPE = "{ decision: 'approve' | 'reject'; comment: string; decidedBy: string | null }";
const FAILURE: JsonSchema = {
  type: 'object',
  required: ['type', 'message', 'nodeId'],
  properties: {
    type: { type: 'string', title: 'Type of the failure' },
    message: { type: 'string', title: 'Message' },
    nodeId: { type: 'string', title: 'Id of the step' },
  },
};

/** A place that may read: a field of a node (null: of the flow). */
export interface ReadingPlace {
  nodeId: string | null;
  path: readonly (string | number)[];
}

/** Everything that an expression at this place may read, the nearest output first. */
export function scopeAt(document: FlowDocument, catalogue: Catalogue, place: ReadingPlace): ScopeValue[] {
  return place.nodeId === null
    ? scopeOfFlow(document, catalogue, place.path)
    : scopeOfNode(document, catalogue, place.nodeId, place.path);
}

/** What was found for a document: an inspector asks for every field of a node at every key. */
interface Found {
  catalogue: Catalogue;
  nodes: readonly FlowNode[];
  /** By the node and by what its field may read. */
  scopes: Map<string, ScopeValue[]>;
}
const found = new WeakMap<FlowDocument, Found>();

function scopeOfNode(
  document: FlowDocument,
  catalogue: Catalogue,
  nodeId: string,
  path: ReadingPlace['path']
): ScopeValue[] {
  let known = found.get(document);
  if (known?.catalogue !== catalogue) {
    known = { catalogue, nodes: allNodes(document.steps), scopes: new Map() };
    found.set(document, known);
  }
  const { nodes, scopes } = known;
  const node = nodes.find(({ id }) => id === nodeId);
  const field = node && fieldAround(factsOf(node).templates(node), path);
  const key = [nodeId, field?.readsOwn, field?.readsInside, field?.readsArgument].join('/');
  const scope = scopes.get(key) ?? findScope(document, catalogue, nodes, node, field);
  scopes.set(key, scope);
  return scope;
}

function findScope(
  document: FlowDocument,
  catalogue: Catalogue,
  nodes: readonly FlowNode[],
  node: FlowNode | undefined,
  field: TemplateField | undefined
): ScopeValue[] {
  let scope = NOTHING;
  walkScopes(document.steps, (each, here, at) => {
    if (each.id === node?.id && (at === 'before' || field?.readsInside))
      scope = { ...here, outputs: new Set(here.outputs) };
  });
  const own = node && field?.readsOwn && factsOf(node).output ? [node] : [];
  const readable = [...nodes.filter(({ id }) => scope.outputs.has(outputName(id))), ...own];
  return [
    ...(node && field?.readsArgument ? [argument(factsOf(node).output?.schema(node, document, catalogue))] : []),
    ...[...scope.caught].map(([name, from]): ScopeValue => {
      const title = `Failure of '${from.title}'`;
      return { name, title, from: 'failure', schema: FAILURE, type: schemaType(FAILURE), mayBeMissing: false };
    }),
    ...[...scope.items].reverse().map(([name, loop]): ScopeValue => {
      const schema = itemSchema(loop, scopeOfNode(document, catalogue, loop.id, ['items']));
      const type = schema === undefined ? 'any' : schemaType(schema);
      return { name, title: `Item of '${loop.title}'`, from: 'item', schema, type, mayBeMissing: false };
    }),
    ...readable.reverse().map((each) => outputOf(each, document, catalogue)),
    ...variablesOf(document),
    inputOf(document),
  ];
}

/** Of a list that is a value in scope, or a part of one; undefined for a list that is computed. */
function itemSchema(loop: FlowNode, scope: readonly ScopeValue[]): JsonSchema | undefined {
  const [field] = factsOf(loop).templates(loop);
  const source = (field?.value as { $expr?: unknown } | undefined)?.$expr;
  if (typeof source !== 'string') return undefined;
  const [list = ''] = source.trim().split(/\??\.(?:filter|slice)\(/);
  const schema = schemaOfPath(list, scope);
  return schema?.type === 'array' ? schema.items : undefined;
}

function scopeOfFlow(document: FlowDocument, catalogue: Catalogue, path: ReadingPlace['path']): ScopeValue[] {
  const [group, name] = path;
  const field = fieldAround(flowTemplatesOf(document), path);
  const owner =
    field?.owner ?? { variables: 'variable', signals: 'signal', queries: 'query', updates: 'update' }[String(group)];
  if (owner === 'variable') {
    const before = Object.keys(document.variables).indexOf(String(name));
    return [...variablesOf(document).slice(0, Math.max(before, 0)), inputOf(document)];
  }
  const payload =
    owner === 'signal' ? document.signals[String(name)] : owner === 'update' ? document.updates[String(name)] : null;
  const argued = payload ? [argument(payload.schema)] : [];
  if (owner === 'signal') return argued;
  // Queries and updates are answered at any time, and searchable fields have a value from the start: no output is
  // certain.
  const outputs = allNodes(document.steps)
    .filter((node) => factsOf(node).output)
    .map((node): ScopeValue => {
      const output = outputOf(node, document, catalogue);
      return { ...output, type: `${output.type} | undefined`, mayBeMissing: true };
    });
  return [...argued, ...variablesOf(document), inputOf(document), ...outputs];
}

/** The template whose field contains this path. */
function fieldAround<T extends TemplateField | FlowTemplateField>(
  fields: readonly T[],
  path: ReadingPlace['path']
): T | undefined {
  return fields.find((field) => field.path.every((part, index) => part === path[index]));
}

const inputOf = ({ input }: FlowDocument): ScopeValue => {
  const type = input.type === undefined ? objectType(input) : schemaType(input);
  return { name: 'input', title: 'Input of the flow', from: 'input', schema: input, type, mayBeMissing: false };
};
const argument = (schema: JsonSchema | null | undefined): ScopeValue => {
  return {
    name: 'argument',
    title: 'What was sent',
    from: 'argument',
    schema: schema ?? undefined,
    type: schemaType(schema),
    mayBeMissing: false,
  };
};
const variablesOf = ({ variables }: FlowDocument): ScopeValue[] =>
  Object.entries(variables).map(([name, { schema }]) => {
    return {
      name,
      title: schema.title ?? name,
      from: 'variable',
      schema,
      type: schemaType(schema),
      mayBeMissing: false,
    };
  });

function outputOf(node: FlowNode, document: FlowDocument, catalogue: Catalogue): ScopeValue {
  const { output } = factsOf(node);
  const schema = output?.schema(node, document, catalogue);
  const missing = output?.missingIn(node) ?? null;
  const isHandled = !handlersEnd(catchesOf(node));
  const own = schema === null ? { schema: DECISION, type: DECISION_TYPE } : { schema, type: schemaType(schema) };
  const result = output?.results?.(node);
  const list =
    result === undefined ? null : listOf(templateType(result, scopeOfNode(document, catalogue, node.id, ['result'])));
  const whole = list ? withField(own, 'results', list) : own;
  return {
    name: outputName(node.id),
    title: node.title,
    from: 'output',
    schema: whole.schema,
    type: `${whole.type}${missing ? ' | null' : ''}${isHandled ? ' | undefined' : ''}`,
    mayBeMissing: missing !== null || isHandled,
  };
}

function withField({ schema, type }: TemplateType, name: string, field: TemplateType): TemplateType {
  const { properties = {}, required = [] } = schema ?? {};
  const fields = { ...properties, [name]: field.schema ?? {} };
  return {
    schema: { ...schema, properties: fields, required: [...required, name] },
    type: `${type} & { ${name}: ${field.type}; }`,
  };
}
