/**
 * Neighbouring steps become a child flow of their own, and a step that runs it takes their place. Pure.
 *
 * Rules
 * [EXT1] It gives the document of the child and the operations for its parent, or the reasons why it cannot be done.
 *        Both are correct if the flow was.
 * [EXT2] What the steps read from outside is the input of the child, and what is read of them outside is its output
 *        (values.ts). Everything else is in the child as it was drawn, with the same ids.
 * [EXT3] The operations are one gesture. Its inverse gives the same draft.
 * [EXT4] A variable of which only the steps know moves into the child. One that somebody else has set before begins
 *        there with the value that it has in the parent.
 * [EXT5] A run does the same as before: after each failure the same effects remain and the same are undone. What would
 *        differ is a reason (reasons.ts).
 * [EXT6] The child decides about undos that fail as its parent does.
 */
import type { Catalogue } from '../../catalogue';
import { flowDocumentSchema, FLOW_FORMAT, type FlowDocument } from '../../document';
import { expressionsIn, replaceReads } from '../../expression-names';
import { outputName } from '../../names';
import { factsOf } from '../../nodes/table';
import type { ScopeValue } from '../../scope';
import { nodeIn } from '../../tree';
import { visibleText } from '../../values/text';
import { mentionedIn } from '../../tests';
import { idFor, idsOf } from '../compose';
import { documentOf } from '../document-of';
import {
  findNode,
  isFields,
  placeOf,
  sequenceAt,
  TRAY,
  type Draft,
  type DraftNode,
  type Fields,
  type Json,
} from '../draft';
import { changeDraftExpressions, changeExpressions } from '../expressions';
import { draftDifferences } from '../fields';
import type { Operation } from '../operations';
import { slotOf, titleOf } from '../places';
import { reasonsAgainst, type ExtractReason } from './reasons';
import { isOutside, readsName, selectedSteps, valuesAt, type Selected } from './selection';
import { Values, type Border, type Crossing } from './values';

export interface Extraction {
  child: FlowDocument;
  operations: Operation[];
  /** The step that runs the child. */
  node: string;
  /** Every step that is in the child now. */
  moved: number;
  input: readonly Crossing[];
  output: readonly Crossing[];
  /** Titles of the steps of the parent that read the child now. */
  rewritten: readonly string[];
  /** Variables that move into the child. */
  variables: readonly string[];
  /** Titles of the tests of the parent that name steps of the child: they no longer fit. */
  tests: readonly string[];
}
export type Extracted =
  { extraction: Extraction; reasons: readonly [] } | { extraction: null; reasons: ExtractReason[] };

export interface ChildNames {
  /** Of the flow. */
  name: string;
  title: string;
}

const MOST_OPERATIONS = 2_000;

/** `ids`: steps that follow each other in one sequence, in order. */
export function extract(draft: Draft, ids: readonly string[], catalogue: Catalogue, names: ChildNames): Extracted {
  const found = stepsOf(draft, ids, catalogue);
  if ('reasons' in found) return { extraction: null, reasons: found.reasons };
  const { selected, nodes } = found;
  const reasons = reasonsAgainst(selected);
  const outside = valuesFromOutside(selected);
  const variables = ownVariables(selected);
  for (const { name, moves } of variables) if (!moves) outside.note(name, () => variableOf(selected, name));
  const given = valuesReadOutside(selected);
  const impossible = [...outside.impossible(), ...given.impossible()];
  const all = [...reasons, ...impossible.map((message): ExtractReason => ({ nodeId: ids[0]!, message }))];
  if (all.length > 0) return { extraction: null, reasons: all };

  const input = outside.border('input');
  const node = idFor(names.title, idsOf(draft));
  const output = given.border(outputName(node));
  const child = childOf(selected, nodes, names, input, output, variables);
  if ('reasons' in child) return { extraction: null, reasons: child.reasons };
  const parent = parentOf(draft, selected, node, names, input, output, variables);
  if (parent.operations.length > MOST_OPERATIONS)
    return { extraction: null, reasons: [{ nodeId: null, message: 'These are too many steps for one edit.' }] };
  return {
    extraction: {
      child: child.document,
      node,
      moved: selected.inner.size,
      input: input.crossings,
      output: output.crossings,
      variables: variables.filter(({ moves }) => moves).map(({ name }) => name),
      tests: testsAbout(selected),
      ...parent,
    },
    reasons: [],
  };
}

type Found = { selected: Selected; nodes: readonly DraftNode[] } | { reasons: ExtractReason[] };

function stepsOf(draft: Draft, ids: readonly string[], catalogue: Catalogue): Found {
  const because = (message: string, nodeId: string | null = null) => ({ reasons: [{ nodeId, message }] });
  const [first] = ids;
  const place = first === undefined ? null : placeOf(draft, first);
  if (!place) return because('Select a step first.');
  if (place.parent === null && place.branch === TRAY.branch)
    return because('The step is set aside. Put it into the flow first.', first);
  const nodes = sequenceAt(draft, place)!.slice(place.index, place.index + ids.length);
  if (nodes.length < ids.length || nodes.some(({ id }, index) => id !== ids[index]))
    return because('Select steps that follow each other.', first);
  const { document, problems } = documentOf(draft);
  const selected = selectedSteps(
    document,
    catalogue,
    ids.map((id) => nodeIn(document.steps, id)!)
  );
  // A field that cannot be read would be lost on the way.
  const wrong = problems.filter(({ nodeId, path }) =>
    nodeId === null ? path[0] === 'input' || path[0] === 'variables' : selected.inner.has(nodeId)
  );
  if (wrong.length > 0)
    return {
      reasons: wrong.map(({ nodeId, message }) => ({
        nodeId,
        message: `${nodeId === null ? 'The flow' : `'${titleOf(findNode(draft, nodeId)!)}'`} has a problem that must be corrected first: ${message}`,
      })),
    };
  return { selected, nodes };
}

function valuesFromOutside(selected: Selected): Values {
  const values = new Values();
  const own = new Set(ownVariables(selected).map(({ name }) => name));
  for (const read of selected.reads) {
    const scope = valuesAt(selected, read);
    values.note(read.expression, (name) =>
      !own.has(name) && isOutside(selected, read, name) ? outsideValue(scope.get(name)) : null
    );
  }
  return values;
}
/** What a step calls `argument` is no value of the flow. */
const outsideValue = (value: ScopeValue | undefined): ScopeValue | null =>
  value && value.from !== 'argument' ? value : null;

function valuesReadOutside(selected: Selected): Values {
  const values = new Values();
  for (const read of selected.otherReads) {
    const scope = valuesAt(selected, read);
    values.note(read.expression, (name) =>
      selected.outputs.has(name) && !read.scope.items.has(name) && !read.scope.caught.has(name)
        ? (scope.get(name) ?? null)
        : null
    );
  }
  return values;
}

interface OwnVariable {
  name: string;
  /** It is in the child only. Otherwise the parent gives its first value. */
  moves: boolean;
}

/** Those that the steps set. [EXT4] */
function ownVariables({ document, inner, otherReads, flowReads }: Selected): OwnVariable[] {
  const set = new Set([...inner.values()].flatMap((node) => factsOf(node).sets(node)));
  return Object.entries(document.variables)
    .filter(([name]) => set.has(name))
    .map(([name, { initial }]) => {
      const isElsewhere =
        [...otherReads, ...flowReads].some((read) => readsName(read, name)) || isSetElsewhere(document, inner, name);
      return { name, moves: !isElsewhere && expressionsIn(initial).length === 0 };
    });
}
function isSetElsewhere({ steps }: FlowDocument, inner: Selected['inner'], name: string): boolean {
  const visit = (nodes: FlowDocument['steps']): boolean =>
    nodes.some((node) => {
      if (inner.has(node.id)) return false;
      const { sets, branches } = factsOf(node);
      const handlers = 'catch' in node && node.catch ? node.catch.map(({ then }) => then) : [];
      return (
        sets(node).includes(name) ||
        [...branches(node).map((branch) => branch.steps), ...handlers].some((each) => visit(each))
      );
    });
  return visit(steps);
}

const variableOf = ({ document }: Selected, name: string): ScopeValue | null => {
  const schema = document.variables[name]?.schema;
  if (!schema) return null;
  return { name, title: schema.title ?? name, from: 'variable', schema, type: '', mayBeMissing: false };
};

function childOf(
  selected: Selected,
  nodes: readonly DraftNode[],
  { name, title }: ChildNames,
  input: Border,
  output: Border,
  variables: readonly OwnVariable[]
): { document: FlowDocument } | { reasons: ExtractReason[] } {
  const { document } = selected;
  const own = new Set(variables.map((each) => each.name));
  const inside = (expression: string): string =>
    replaceReads(expression, (read) =>
      own.has(read.name) || selected.outputs.has(read.name) || selected.ownNames.has(read.name)
        ? null
        : input.replace(expression, read)
    );
  const taken = new Set([...selected.inner.keys()]);
  const end: DraftNode = {
    id: idFor('End', taken),
    kind: 'end',
    fields: { title: 'End', output: output.template },
    branches: [],
  };
  const gives = output.crossings.length > 0;
  const passed = (variable: string) => replaceReads(variable, (each) => input.replace(variable, each));
  const firstValue = (each: OwnVariable): Json =>
    each.moves ? (document.variables[each.name]!.initial as Json) : { $expr: passed(each.name) };
  const flow: { [field: string]: unknown } = {
    name,
    title,
    input: input.schema,
    ...(gives ? { output: output.schema } : {}),
    variables: Object.fromEntries(
      variables.map((each) => [each.name, { schema: document.variables[each.name]!.schema, initial: firstValue(each) }])
    ),
    rollback: document.rollback,
    ...(document.neverLeavesSilently === undefined ? {} : { neverLeavesSilently: document.neverLeavesSilently }),
  };
  const read = documentOf({
    flow: flow as Fields,
    steps: [...changeExpressions(nodes, inside), ...(gives ? [end] : [])],
    tray: [],
  });
  const problems = read.problems.map(({ nodeId, message }) => ({
    nodeId: nodeId !== null && selected.inner.has(nodeId) ? nodeId : null,
    message: `As a child flow it cannot be read: ${message}`,
  }));
  if (problems.length > 0) return { reasons: problems };
  return { document: flowDocumentSchema.parse({ ...read.document, format: FLOW_FORMAT }) };
}

function parentOf(
  draft: Draft,
  { steps, inner, outputs }: Selected,
  id: string,
  { name, title }: ChildNames,
  input: Border,
  output: Border,
  variables: readonly OwnVariable[]
): { operations: Operation[]; rewritten: string[] } {
  const outside = (expression: string): string =>
    replaceReads(expression, (read) => (outputs.has(read.name) ? output.replace(expression, read) : null));
  const [first] = steps;
  const from = slotOf(draft, first!.id);
  const node: DraftNode = {
    id,
    kind: 'child',
    fields: { title, flow: name, input: input.template, waits: 'end' },
    branches: [],
  };
  const changes = draftDifferences(draft, changeDraftExpressions(draft, outside)).filter(
    (each) => each.op === 'set' && !inner.has(each.target.node ?? '')
  );
  const touched = new Set(changes.flatMap((each) => (each.op === 'set' ? [each.target.node] : [])));
  const last = slotOf(draft, steps.at(-1)!.id).before;
  return {
    operations: [
      { op: 'insert', node, slot: { ...from, before: first!.id } },
      ...changes,
      ...steps.map((step): Operation => ({
        op: 'remove',
        id: step.id,
        was: findNode(draft, step.id)!,
        from: { ...from, after: id, before: last },
      })),
      ...variables.flatMap((each): Operation[] => {
        const held = draft.flow.variables;
        const was = isFields(held) ? held[each.name] : undefined;
        if (!each.moves || was === undefined) return [];
        return [{ op: 'set', target: { node: null }, path: ['variables', each.name], was }];
      }),
    ],
    rewritten: [...touched].map((each) => (each === null ? 'The flow' : titleOf(findNode(draft, each)!))),
  };
}

function testsAbout({ document, inner }: Selected): string[] {
  return (document.tests ?? []).flatMap(({ title, plan, expect }) => {
    const named = [...Object.keys(plan.steps), ...(plan.stopAt ? [plan.stopAt] : []), ...mentionedIn(expect)];
    return named.some((id) => inner.has(id)) ? [visibleText(title)] : [];
  });
}
