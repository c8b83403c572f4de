/**
 * Outputs of nodes: their names, their types, and where they are read. An output is a constant at its step. Only an
 * output that is read outside of the function of its step (a parallel branch, a node with a catch) is declared before
 * that function and assigned inside.
 */
import type { Catalogue } from '../../flow/catalogue';
import { outputName, type FlowDocument, type FlowNode } from '../../flow/document';
import { expressionsIn, namesIn } from '../../flow/expression-names';
import { factsOf } from '../../flow/nodes/table';
import { flowTemplatesOf } from '../../flow/templates';
import { allNodes, alwaysEnds, catchesOf, handlersEnd } from '../../flow/tree';
import { schemaType } from '../../flow/schema/type';
import type { ModuleNames } from './names';
import { capital } from './print';

/** The type of an approval's output in the saga library. */
export const APPROVAL_TYPE = 'ApprovalResult';

export class Outputs {
  readonly #nodes: FlowNode[];
  /** Name → ids of the nodes whose expressions read it. */
  readonly #readers = new Map<string, Set<string>>();
  readonly #readByHandlers = new Set<string>();
  /** All names that any expression reads. */
  readonly #read = new Set<string>();
  /** Names of object types that the code uses, by node id. */
  readonly #named = new Map<string, string>();
  #approvalAsked = false;

  constructor(
    private readonly document: FlowDocument,
    private readonly catalogue: Catalogue,
    private readonly names: ModuleNames
  ) {
    this.#nodes = allNodes(document.steps);
    for (const node of this.#nodes)
      for (const { value, readsOwn, readsInside } of factsOf(node).templates(node))
        for (const name of namesOf(value)) {
          this.#read.add(name);
          // An undo gets the output of its own step.
          if (readsOwn && hasOutput(node) && name === outputName(node.id)) continue;
          const reader = readsInside ? endOf(node.id) : node.id;
          this.#readers.set(name, (this.#readers.get(name) ?? new Set()).add(reader));
        }
    for (const { owner, value } of flowTemplatesOf(document))
      for (const name of namesOf(value)) {
        this.#read.add(name);
        if (owner !== 'variable') this.#readByHandlers.add(name);
      }
  }

  /** True if any expression of the flow reads this name. */
  reads(name: string): boolean {
    return this.#read.has(name);
  }

  /** True if another node reads the node's output. */
  isRead(node: FlowNode): boolean {
    return hasOutput(node) && this.#readers.has(outputName(node.id));
  }

  /** True if it is read after the node, and not only by the node's own steps (such as those after a rejection). */
  isReadBehind(node: FlowNode): boolean {
    return this.readOutside([node]).includes(node);
  }

  /** The nodes of a sequence whose outputs are read outside of it. Nodes of handlers are never among them. */
  readOutside(steps: readonly FlowNode[]): FlowNode[] {
    const inside = new Set(allNodes(steps).flatMap(({ id }) => [id, endOf(id)]));
    return allNodes(steps).filter((node) => {
      const readers = hasOutput(node) ? (this.#readers.get(outputName(node.id)) ?? []) : [];
      return [...readers].some((id) => !inside.has(id));
    });
  }

  /** The outputs that the template of a query or an update reads. */
  readIn(value: unknown): string[] {
    const read = namesOf(value);
    return this.#nodes
      .filter(hasOutput)
      .map((node) => outputName(node.id))
      .filter((name) => read.has(name));
  }

  /** The type of a node's output; with `null` if a branch can be taken that gives none. */
  typeOf(node: FlowNode): string {
    const missing = factsOf(node).output?.missingIn(node);
    return missing ? `${this.payloadType(node)} | null` : this.payloadType(node);
  }

  /** The type after the node: with `undefined` if a failure may have been handled. */
  typeBehind(node: FlowNode): string {
    const missing = factsOf(node).output?.missingIn(node);
    const ended = missing && alwaysEnds(missing);
    const type = ended && catchesOf(node).length > 0 ? this.payloadType(node) : this.typeOf(node);
    return handlersEnd(catchesOf(node)) ? type : `${type} | undefined`;
  }

  /** The type of the value, by name if it is an object. */
  payloadType(node: FlowNode): string {
    const schema = this.#schemaOf(node);
    if (schema === null) {
      this.#approvalAsked = true;
      return APPROVAL_TYPE;
    }
    const type = schemaType(schema);
    if (!type.startsWith('{')) return type;
    const named = this.#named.get(node.id) ?? this.names.take(`${capital(outputName(node.id))}Result`);
    this.#named.set(node.id, named);
    return named;
  }

  /** The type of all outputs that queries and updates read; null if they read none. */
  handlersType(): string | null {
    const read = this.#nodes.filter((node) => hasOutput(node) && this.#readByHandlers.has(outputName(node.id)));
    const fields = read.map((node) => `${outputName(node.id)}: ${this.payloadType(node)};`);
    return fields.length > 0 ? `interface Outputs { ${fields.join(' ')} }` : null;
  }

  /** Declarations of the types that were used, in the order of the drawing. Call it last. */
  declarations(): { types: string[]; approval: boolean } {
    const types = this.#nodes.flatMap((node) => {
      const name = this.#named.get(node.id);
      return name === undefined ? [] : [`interface ${name} ${schemaType(this.#schemaOf(node))}`];
    });
    return { types, approval: this.#approvalAsked };
  }

  #schemaOf(node: FlowNode) {
    return factsOf(node).output?.schema(node, this.document, this.catalogue);
  }
}

/** The reader of what is read at the end of a node's steps. */
const endOf = (nodeId: string): string => `${nodeId}/end`;

const hasOutput = (node: FlowNode): boolean => factsOf(node).output !== null;

const namesOf = (value: unknown): Set<string> =>
  new Set(expressionsIn(value).flatMap(({ expression }) => [...namesIn(expression)]));
