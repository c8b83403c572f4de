/**
 * The nodes of a flow as statements. Each node's statements lie between two marker comments, from which the manifest
 * gets the lines of the node (finish.ts removes the markers).
 */
import { outputName } from '../../flow/names';
import type { Catch } from '../../flow/nodes/fields';
import { factsOf, type FlowNode, type NodeKind } from '../../flow/nodes/table';
import { alwaysEnds, catchesOf } from '../../flow/tree';
import type { EmitContext, FlowContext, ScopeEmitter } from './emitter';
import { comment, literal, text, titled } from './print';
import { emitterOf } from './table';

/** How the lines of nodes are found after formatting. */
export interface Markers {
  begin(nodeId: string): string;
  end(nodeId: string): string;
}

/** The loops with which a run can go on, one by one, the steps between them, and the steps after the last one. */
function stretchesOf(steps: readonly FlowNode[], continuing: readonly FlowNode[]): FlowNode[][] {
  const stretches: FlowNode[][] = [[]];
  for (const node of steps) {
    if (continuing.includes(node)) stretches.push([node], []);
    else stretches.at(-1)!.push(node);
  }
  return stretches.filter((stretch, index) => stretch.length > 0 || index === stretches.length - 1);
}

/** Their calls contain the title. */
const WITH_TITLE: ReadonlySet<NodeKind> = new Set(['approval', 'child']);

export class StepsEmitter {
  /** Outputs that are declared before the function of their step. */
  readonly #declared = new Set<FlowNode>();

  readonly #context: EmitContext;

  constructor(
    flow: FlowContext,
    private readonly markers: Markers
  ) {
    this.#context = {
      ...flow,
      steps: (steps) => this.steps(steps),
      declare: (nodes) => this.#declare(nodes),
      isDeclared: (node) => this.#declared.has(node),
    };
  }

  /**
   * The steps of the flow itself. A run that continues as new goes on with a loop: `head` declares what it carries, and
   * the steps before the loop are not repeated.
   */
  flow(): { head: string[]; body: string } {
    const { document, continuing } = this.#context;
    const stretches = stretchesOf(document.steps, continuing);
    if (stretches.length <= 1) return { head: [], body: this.steps(document.steps) };
    const last = stretches.length - 1;
    const head = this.#carries(stretches.slice(0, last));
    const parts = stretches.map((stretch, index) => {
      const code = this.steps(stretch);
      return index === last || continuing.includes(stretch[0]!) ? code : `\nif (!s.resuming) {${code}}\n`;
    });
    return { head, body: parts.join('\n') };
  }

  #carries(stretches: readonly FlowNode[][]): string[] {
    const { document, outputs, continuing, carriedName } = this.#context;
    const kept = stretches
      .flatMap((stretch) => outputs.readOutside(stretch))
      .filter((node) => node !== continuing.at(-1));
    const names = [...Object.keys(document.variables), ...kept.map(({ id }) => outputName(id))];
    if (names.length === 0) return [];
    const all = `({ ${names.join(', ')} })`;
    const written = `({ ${names.join(', ')} } = ${carriedName})`;
    return [
      this.#declare(kept),
      `\n// For the next run, if this one continues as new.\ns.carries(() => ${all}, (${carriedName}) => ${written});`,
    ];
  }

  steps(steps: readonly FlowNode[]): string {
    return steps.map((node) => this.#node(node)).join('\n');
  }

  #node(node: FlowNode): string {
    const { begin, end } = this.markers;
    const note = node.note ? `${comment(node.note)}\n` : '';
    const catches = catchesOf(node);
    const isScope = 'scope' in emitterOf(node);
    const code = catches.length > 0 && !isScope ? this.#caught(node, catches) : this.#bare(node);
    // The code of a step and of an approval contains the title.
    const isTitled = factsOf(node).step(node) !== null || WITH_TITLE.has(node.kind);
    const title = isTitled ? '' : titled(node.title, node.id);
    return `\n${begin(node.id)}\n${title}${note}${code}\n${end(node.id)}\n`;
  }

  /** A node with catches: its body is a function, and so is each handler. */
  #caught(node: FlowNode, catches: readonly Catch[]): string {
    const { outputs } = this.#context;
    const declared = this.#declare(outputs.readOutside([node]).filter((inner) => inner !== node));
    const emitter = emitterOf(node);
    const handlers = () => this.#handlers(catches);
    const call =
      'call' in emitter && emitter.takesHandlers
        ? emitter.call(node, this.#context, handlers)
        : `s.attempt(${text(node.id)}, ${this.#body(node)}, ${handlers()})`;
    if (outputs.isReadBehind(node)) return `${declared}${this.#assign(node, `await ${call}`)}`;
    // If neither the node nor its handlers continue, the code returns, so that TypeScript sees it too.
    return `${declared}${alwaysEnds([node]) ? 'return ' : ''}await ${call};`;
  }

  #body(node: FlowNode): string {
    const { outputs } = this.#context;
    const call = this.#call(node);
    const follows = call === null ? null : this.#follow(node);
    if (call !== null && follows === null) return `(s) => ${call}`;
    if (call === null || follows === null) return `async (s) => { ${this.#bare(node)} }`;
    const name = outputName(node.id);
    return `async (s) => { const ${name} = await ${call};\n${follows} ${outputs.isReadBehind(node) ? `return ${name};` : ''} }`;
  }

  /** A node whose steps are a function, and whose handlers are beside it. */
  #scope(node: FlowNode, emitter: ScopeEmitter<FlowNode>): string {
    const catches = catchesOf(node);
    const { outputs } = this.#context;
    const declared = this.#declare(outputs.readOutside([node]).filter((inner) => inner !== node));
    const call = emitter.scope(node, catches.length > 0 ? this.#handlers(catches) : null, this.#context);
    if (outputs.isRead(node)) return `${declared}${this.#assign(node, `await ${call}`)}`;
    return `${declared}${alwaysEnds([node]) ? 'return ' : ''}await ${call};`;
  }

  #handlers(catches: readonly Catch[]): string {
    return `[${catches.map((each) => this.#handler(each)).join(', ')}]`;
  }

  #handler(handler: Catch): string {
    const types = handler.types.length === 0 ? '' : `types: ${literal(handler.types)}, `;
    const fields = `${types}scope: ${text(handler.scope)}`;
    if (handler.then.length === 0) return `{ ${fields} }`;
    const failure = handler.as !== undefined && this.#context.outputs.reads(handler.as) ? `, ${handler.as}` : '';
    return `{ ${fields}, handle: async (s${failure}) => { ${this.steps(handler.then)} } }`;
  }

  #bare(node: FlowNode): string {
    const emitter = emitterOf(node);
    if ('statements' in emitter) return emitter.statements(node, this.#context);
    if ('scope' in emitter) return this.#scope(node, emitter);
    const call = emitter.call(node, this.#context);
    const follows = emitter.follow(node, this.#context);
    const isRead = follows !== null || this.#context.outputs.isRead(node);
    return `${isRead ? this.#assign(node, `await ${call}`) : `await ${call};`}${follows === null ? '' : `\n${follows}`}`;
  }

  /** The call of a node with an output, without `await`; null for other kinds. */
  #call(node: FlowNode): string | null {
    const emitter = emitterOf(node);
    return 'call' in emitter ? emitter.call(node, this.#context) : null;
  }

  /** The steps after a rejection or a timeout; null for none. */
  #follow(node: FlowNode): string | null {
    const emitter = emitterOf(node);
    return 'call' in emitter ? emitter.follow(node, this.#context) : null;
  }

  #assign(node: FlowNode, value: string): string {
    const name = outputName(node.id);
    return this.#declared.has(node) ? `${name} = ${value};` : `const ${name} = ${value};`;
  }

  /** Outputs that are read after the functions which follow. */
  #declare(nodes: readonly FlowNode[]): string {
    const open = nodes.filter((node) => !this.#declared.has(node));
    for (const node of open) this.#declared.add(node);
    return open.map((node) => `let ${outputName(node.id)}!: ${this.#context.outputs.typeBehind(node)};\n`).join('');
  }
}
