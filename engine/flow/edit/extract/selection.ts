/** The steps that are to become a child flow, and what the rest of the flow has to do with them. Pure. */
import type { Catalogue } from '../../catalogue';
import type { FlowDocument, FlowNode } from '../../document';
import { expressionsIn, namesIn } from '../../expression-names';
import { outputName } from '../../names';
import { factsOf } from '../../nodes/table';
import { scopeAt, walkScopes, type NodeScope, type ScopeValue } from '../../scope';
import type { TemplateField } from '../../template';
import { flowTemplatesOf, type FlowTemplateField } from '../../templates';
import { allNodes, innerNamesOf } from '../../tree';

/** An expression of a step. */
export interface StepRead {
  node: FlowNode;
  field: TemplateField;
  expression: string;
  scope: NodeScope;
}

export interface Selected {
  document: FlowDocument;
  catalogue: Catalogue;
  /** Neighbours of one sequence, in order. */
  steps: readonly FlowNode[];
  /** Those, and every node inside them. */
  inner: ReadonlyMap<string, FlowNode>;
  /** By the name of its output. */
  outputs: ReadonlyMap<string, FlowNode>;
  /** Names of items and caught failures that only expressions inside the steps read. */
  ownNames: ReadonlySet<string>;
  /** The nodes around them, the innermost first; each with the branch that contains them. */
  around: readonly { node: FlowNode; steps: readonly FlowNode[]; isHandler: boolean }[];
  reads: readonly StepRead[];
  otherReads: readonly StepRead[];
  flowReads: readonly (FlowTemplateField & { expression: string })[];
}

export function selectedSteps(document: FlowDocument, catalogue: Catalogue, steps: readonly FlowNode[]): Selected {
  const inner = new Map(allNodes(steps).map((node) => [node.id, node]));
  const reads: StepRead[] = [];
  const otherReads: StepRead[] = [];
  walkScopes(document.steps, (node, scope, place) => {
    // The sets of a scope change after the visit.
    const kept = { ...scope, outputs: new Set(scope.outputs) };
    for (const field of factsOf(node).templates(node)) {
      if ((field.readsInside ?? false) !== (place === 'inside')) continue;
      for (const { expression } of expressionsIn(field.value))
        (inner.has(node.id) ? reads : otherReads).push({ node, field, expression, scope: kept });
    }
  });
  const nodes = [...inner.values()];
  return {
    document,
    catalogue,
    steps,
    inner,
    outputs: new Map(nodes.filter((node) => factsOf(node).output).map((node) => [outputName(node.id), node])),
    ownNames: new Set(nodes.flatMap((node) => innerNamesOf(node).map(({ name }) => name))),
    around: nodesAround(document.steps, steps[0]!.id),
    reads,
    otherReads,
    flowReads: flowTemplatesOf(document).flatMap((field) =>
      expressionsIn(field.value).map(({ expression }) => ({ ...field, expression }))
    ),
  };
}

/** Everything that an expression of a step may read, by name. */
export function valuesAt({ document, catalogue }: Selected, { node, field }: StepRead): Map<string, ScopeValue> {
  const values = scopeAt(document, catalogue, { nodeId: node.id, path: field.path });
  // The nearest comes first.
  return new Map(values.toReversed().map((value) => [value.name, value]));
}

/** Is this name, where it is read, that of something outside the steps? */
export function isOutside({ inner, outputs }: Selected, { scope }: StepRead, name: string): boolean {
  const owner = scope.caught.get(name) ?? scope.items.get(name);
  return owner ? !inner.has(owner.id) : !outputs.has(name);
}

export const readsName = ({ expression }: { expression: string }, name: string): boolean =>
  namesIn(expression).has(name);

function nodesAround(steps: readonly FlowNode[], id: string): Selected['around'] {
  for (const node of steps) {
    if (node.id === id) return [];
    const handlers = new Set('catch' in node && node.catch ? node.catch.map(({ then }) => then) : []);
    const sequences = [
      ...factsOf(node)
        .branches(node)
        .map((branch) => branch.steps),
      ...handlers,
    ];
    const found = sequences.find((each) => allNodes(each).some((inner) => inner.id === id));
    if (found) return [...nodesAround(found, id), { node, steps: found, isHandler: handlers.has(found) }];
  }
  return [];
}
