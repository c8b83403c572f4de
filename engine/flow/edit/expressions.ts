/**
 * Expressions of a draft: what they read, and the same draft with another name for it. Content that is wrong is passed
 * by.
 */
import { namesIn, parametersIn, renameIn } from '../expression-names';
import { factsOf, NODE_KINDS, type FlowNode } from '../nodes/table';
import { handOnIndex, indexOf, type Draft, type DraftBranch, type DraftNode, type Fields, type Json } from './draft';
import { changeNode } from './places';

type Change = (expression: string) => string;

/** Fields of the flow's signals, updates and searchable fields that are an expression as text. */
const OF_THE_FLOW: Readonly<Record<string, string>> = { signals: 'key', updates: 'accept', searchable: 'value' };

/** Fields of nodes and branches that are an expression as text, in any kind of node. */
const OF_NODES: readonly string[] = NODE_KINDS.flatMap((kind) => factsOf({ kind } as FlowNode).expressions);

/** The expressions of a value that is set as a field of the flow, a node or a branch. */
export function changeSetValue(target: { node: string | null }, path: readonly string[], value: Json, change: Change) {
  const [first = '', , third] = path;
  const isText =
    path.at(-1) === '$expr' ||
    (target.node === null
      ? path.length === 3 && OF_THE_FLOW[first] === third
      : path.length === 1 && OF_NODES.includes(first));
  if (isText && typeof value === 'string') return change(value);
  return inTemplate(value, change);
}
/** The expressions of the fields of a branch. */
export const changeBranchFields = (fields: Fields, change: Change): Fields => inFields(fields, OF_NODES, change);

/** The same fields where nothing changed. `texts`: fields that are an expression as text. */
function inFields(fields: Fields, texts: readonly string[], change: Change): Fields {
  return mapValues(fields, (value, name) =>
    texts.includes(name) && typeof value === 'string' ? change(value) : inTemplate(value, change)
  );
}

function inTemplate(value: Json, change: Change): Json {
  if (Array.isArray(value)) return mapList(value, (each) => inTemplate(each, change));
  if (typeof value !== 'object' || value === null) return value;
  const { $expr } = value;
  if (typeof $expr === 'string' && Object.keys(value).length === 1) {
    const changed = change($expr);
    return changed === $expr ? value : { $expr: changed };
  }
  return mapValues(value, (each) => inTemplate(each, change));
}

function inNode(node: DraftNode, change: Change): DraftNode {
  const own = inOwnFields(node, change);
  const branches = mapList(own.branches, (branch): DraftBranch => {
    const steps = mapList(branch.steps, (each) => inNode(each, change));
    return steps === branch.steps ? branch : { ...branch, steps };
  });
  return branches === own.branches ? own : { ...own, branches };
}
/**
 * The node with the expressions of its own fields and those of its branches changed, but not those of the steps inside.
 */
function inOwnFields(node: DraftNode, change: Change): DraftNode {
  const { expressions } = factsOf({ kind: node.kind } as FlowNode);
  const fields = inFields(node.fields, expressions, change);
  const branches = mapList(node.branches, (branch): DraftBranch => {
    const own = inFields(branch.fields, expressions, change);
    return own === branch.fields ? branch : { ...branch, fields: own };
  });
  return fields === node.fields && branches === node.branches ? node : { ...node, fields, branches };
}

/** The nodes with every expression changed; what did not change is the same object. */
export function changeExpressions(nodes: readonly DraftNode[], change: Change): readonly DraftNode[] {
  return mapList(nodes, (node) => inNode(node, change));
}

export function changeDraftExpressions(draft: Draft, change: Change): Draft {
  const { steps, tray } = draft;
  return {
    flow: inFlow(draft.flow, change),
    steps: changeExpressions(steps, change),
    tray: changeExpressions(tray, change),
  };
}
function inFlow(flow: Fields, change: Change): Fields {
  return mapValues(flow, (value, name) => {
    const text = OF_THE_FLOW[name];
    if (text === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
      return inTemplate(value, change);
    return mapValues(value, (each) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? inFields(each, [text], change)
        : inTemplate(each, change)
    );
  });
}

/** The names that the own fields of a node and those of its branches read. */
const reads = new WeakMap<DraftNode, ReadonlySet<string>>();
function readsOf(node: DraftNode): ReadonlySet<string> {
  let names = reads.get(node);
  if (!names) {
    const found = new Set<string>();
    inOwnFields(node, (expression) => {
      namesIn(expression).forEach((name) => found.add(name));
      return expression;
    });
    names = found;
    reads.set(node, names);
  }
  return names;
}

/** Everything that reads one name reads another. */
export function withRenamedReads(draft: Draft, from: string, to: string): Draft {
  const change = renamer(from, to);
  const readers = [...indexOf(draft).nodes()].filter(({ node }) => readsOf(node).has(from)).map(({ node }) => node.id);
  const changed = readers.reduce((now, id) => changeNode(now, id, (node) => inOwnFields(node, change)), draft);
  const flow = inFlow(changed.flow, change);
  return flow === changed.flow ? changed : handOnIndex(changed, { ...changed, flow });
}

/** Would an expression read something else, if what it reads by one name were called by another? */
export function isAmbiguous(draft: Draft, from: string, to: string): boolean {
  let found = false;
  const look: Change = (expression) => {
    const read = namesIn(expression);
    found ||= read.has(to) || (read.has(from) && parametersIn(expression).has(to));
    return expression;
  };
  inFlow(draft.flow, look);
  for (const { node } of indexOf(draft).nodes()) {
    const names = readsOf(node);
    if (found || names.has(to)) return true;
    if (names.has(from)) inOwnFields(node, look);
  }
  return found;
}

/** Changes what is read by one name to another, everywhere. */
export const renamer =
  (from: string, to: string): Change =>
  (expression) =>
    renameIn(expression, from, to);

function mapList<T>(list: readonly T[], change: (each: T) => T): T[] {
  const changed = list.map(change);
  return changed.every((each, index) => each === list[index]) ? (list as T[]) : changed;
}
function mapValues<T extends { readonly [name: string]: Json }>(
  fields: T,
  change: (value: Json, name: string) => Json
): T {
  const entries = Object.entries(fields);
  const changed = entries.map(([name, value]) => [name, change(value, name)] as const);
  return changed.every(([, value], index) => value === entries[index]![1])
    ? fields
    : (Object.fromEntries(changed) as T);
}
