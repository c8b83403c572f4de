/**
 * The nodes of a flow as statements. Each node's stand between two marker comments, from which the manifest takes its lines
 * (finish.ts takes them out again).
 */
import {
  outputName,
  type ApprovalNode,
  type Branch,
  type Catch,
  type ChoiceNode,
  type FlowNode,
  type ParallelNode,
  type SetNode,
  type WaitForSignalNode,
  type WaitNode,
} from '../../flow/document';
import { alwaysEnds, catchesOf } from '../../flow/tree';
import { actionCall, type FlowContext } from './action';
import { comment, milliseconds, expression, literal, propertyName, template, text } from './print';
import type { Variables } from './variables';

/** How the lines of nodes are found again after formatting. */
export interface Markers {
  begin(nodeId: string): string;
  end(nodeId: string): string;
}

export interface StepsContext extends FlowContext {
  markers: Markers;
  /** Name of the type of the flow's output. */
  outputType: string;
  variables: Variables;
}

export class StepsEmitter {
  /** Outputs that are declared before the function in which their step stands. */
  readonly #declared = new Set<FlowNode>();

  constructor(private readonly context: StepsContext) {}

  steps(steps: readonly FlowNode[]): string {
    return steps.map((node) => this.#node(node)).join('\n');
  }

  #node(node: FlowNode): string {
    const { begin, end } = this.context.markers;
    const note = node.note ? `${comment(node.note)}\n` : '';
    const catches = catchesOf(node);
    const code = catches.length > 0 ? this.#caught(node, catches) : this.#bare(node);
    return `\n${begin(node.id)}\n${comment(node.title)}\n${note}${code}\n${end(node.id)}\n`;
  }

  /** A node whose failures are caught: its body is a function, its handlers too. */
  #caught(node: FlowNode, catches: readonly Catch[]): string {
    const { outputs } = this.context;
    const declared = this.#declare(outputs.readOutside([node]).filter((inner) => inner !== node));
    const call = `s.attempt(${text(node.id)}, ${this.#body(node)}, [${catches.map((each) => this.#handler(each)).join(', ')}])`;
    if (outputs.isReadBehind(node)) return `${declared}${this.#assign(node, `await ${call}`)}`;
    // Neither the node nor what handles its failures leads on: so TypeScript knows it too.
    return `${declared}${alwaysEnds([node]) ? 'return ' : ''}await ${call};`;
  }

  #body(node: FlowNode): string {
    const { outputs } = this.context;
    const call = this.#call(node);
    const follows = call === null ? null : this.#follow(node);
    if (call !== null && follows === null) return `(s) => ${call}`;
    if (call === null || follows === null) return `async (s) => { ${this.#bare(node)} }`;
    const name = outputName(node.id);
    return `async (s) => { const ${name} = await ${call};\n${follows} ${outputs.isReadBehind(node) ? `return ${name};` : ''} }`;
  }

  #handler(handler: Catch): string {
    const body = this.steps(handler.then);
    const parameters = handler.then.length > 0 ? `${handler.as ?? '_failure'}, s` : '';
    return `{ types: ${literal(handler.types)}, scope: ${text(handler.scope)}, handle: async (${parameters}) => { ${body} } }`;
  }

  #bare(node: FlowNode): string {
    const call = this.#call(node);
    if (call !== null) {
      const follows = this.#follow(node);
      const isRead = follows !== null || this.context.outputs.isRead(node);
      return `${isRead ? this.#assign(node, `await ${call}`) : `await ${call};`}${follows === null ? '' : `\n${follows}`}`;
    }
    switch (node.kind) {
      case 'choice':
        return this.#choice(node);
      case 'parallel':
        return this.#parallel(node);
      case 'wait':
        return wait(node);
      case 'set':
        return this.#set(node);
      case 'fail':
        return `return s.fail(${text(node.id)}, ${text(node.errorType)}, ${template(node.message)});`;
      case 'end': {
        if (node.output === undefined) return `return s.end(${text(node.id)});`;
        const output = `(${template(node.output)}) satisfies ${this.context.outputType}`;
        return `return s.end(${text(node.id)}, ${output});`;
      }
      default:
        throw new Error(`no code for '${node.kind}'`);
    }
  }

  /** The call of a node that gives an output, without `await`; null for other kinds. */
  #call(node: FlowNode): string | null {
    if (node.kind === 'action') return actionCall(node, this.context);
    if (node.kind === 'approval') return approvalCall(node);
    if (node.kind === 'waitForSignal') return this.#signalCall(node);
    return null;
  }

  #signalCall(node: WaitForSignalNode): string {
    const timeout = node.timeout ? `, timeoutMs: ${milliseconds(node.timeout)}` : '';
    const onTimeout = node.onTimeout ? `, onTimeout: 'continue'` : '';
    const when = node.when === undefined ? '' : `, when: (argument) => ${expression(node.when)}`;
    const isTyped = this.context.outputs.isRead(node) || node.when !== undefined;
    const typed = isTyped ? `<${this.context.outputs.payloadType(node)}>` : '';
    const fields = `id: ${text(node.id)}, signal: ${text(node.signal)}${when}${timeout}${onTimeout}`;
    return `s.waitForSignal${typed}({ ${fields} })`;
  }

  /** What a rejection or the end of the time leads to; null for nothing. */
  #follow(node: FlowNode): string | null {
    const name = outputName(node.id);
    if (node.kind === 'approval' && node.onReject)
      return `if (${name}.decision === 'reject') { ${this.steps(node.onReject)} }`;
    if (node.kind === 'waitForSignal' && node.onTimeout)
      return `if (${name} === null) { ${this.steps(node.onTimeout)} }`;
    return null;
  }

  #assign(node: FlowNode, value: string): string {
    const name = outputName(node.id);
    return this.#declared.has(node) ? `${name} = ${value};` : `const ${name} = ${value};`;
  }

  /** Outputs that are read behind the functions which follow. */
  #declare(nodes: readonly FlowNode[]): string {
    const open = nodes.filter((node) => !this.#declared.has(node));
    for (const node of open) this.#declared.add(node);
    return open.map((node) => `let ${outputName(node.id)}!: ${this.context.outputs.typeBehind(node)};\n`).join('');
  }

  #choice({ id, branches, otherwise }: ChoiceNode): string {
    const ids = branches.map((branch) => text(branch.id));
    const took = (own: string) => `s.took(${text(id)}, ${own}, [${ids.filter((each) => each !== own).join(', ')}]);`;
    const chain = branches.map(
      (branch) =>
        `if ${expression(branch.when)} {\n${comment(branch.title)}\n${took(text(branch.id))}\n${this.steps(branch.steps)} }`
    );
    const title = otherwise ? `${comment(otherwise.title)}\n` : '';
    return `${chain.join(' else ')} else {\n${title}${took('null')}\n${this.steps(otherwise?.steps ?? [])} }`;
  }

  #parallel(node: ParallelNode): string {
    const { outputs } = this.context;
    const declared = this.#declare(node.branches.flatMap((branch) => outputs.readOutside(branch.steps)));
    const branches = node.branches.map(({ id, title, steps }: Branch) => {
      const parameter = steps.length > 0 ? 's' : '';
      return `${comment(title)}\n${propertyName(id)}: async (${parameter}) => { ${this.steps(steps)} }`;
    });
    return `${declared}await s.parallel({ id: ${text(node.id)}, unwind: ${text(node.unwind)} }, { ${branches.join(',\n')} });`;
  }

  #set(node: SetNode): string {
    const { variables } = this.context;
    const sets = Object.entries(node.values).map(
      ([name, value]) => `${name} = ${variables.valueSetBy(node, name, value)};`
    );
    return `${sets.join('\n')}\ns.passed(${text(node.id)});`;
  }
}

function wait(node: WaitNode): string {
  if (node.until !== undefined) {
    const zone = node.zone === undefined ? '' : `, ${text(node.zone)}`;
    return `await s.waitUntil(${text(node.id)}, ${expression(node.until)}${zone});`;
  }
  const { duration } = node;
  const ms = typeof duration === 'string' ? milliseconds(duration) : expression(duration?.$expr ?? '0');
  return `await s.wait(${text(node.id)}, ${ms});`;
}

function approvalCall(node: ApprovalNode): string {
  const fields = [
    `id: ${text(node.id)}`,
    `title: ${text(node.title)}`,
    `question: ${text(node.question)}`,
    `candidates: ${literal(node.candidates)}`,
    `data: ${template(node.data)}`,
    `schema: ${literal(node.schema ?? null)}`,
    `requireComment: ${text(node.requireComment)}`,
    ...(node.forbidStarter ? ['forbidStarter: true'] : []),
    ...(node.timeout ? [`timeoutMs: ${milliseconds(node.timeout)}`] : []),
    `onTimeout: ${text(node.onTimeout)}`,
    `onReject: ${text(node.onReject ? 'continue' : 'fail')}`,
  ];
  return `s.approval({ ${fields.join(',\n')} })`;
}
