/**
 * Flow → TypeScript text, before formatting. Every node's code stands between two marker comments, from which the manifest takes its
 * lines; they are taken out again (finish.ts).
 */
import type { Catalogue } from '../../flow/catalogue';
import {
  outputName,
  workflowType,
  type ActionNode,
  type ActivityOptions,
  type ApprovalNode,
  type Branch,
  type Catch,
  type FlowDocument,
  type FlowNode,
  type JsonSchema,
  type Template,
} from '../../flow/document';
import { expressionsIn, namesIn } from '../../flow/expression-names';
import { allNodes, effectOf, hasOutput } from '../../flow/tree';
import { propertyName, schemaType } from '../schema-types';

export const BEGIN = '//@begin ';
export const END = '//@end ';

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function emit(document: FlowDocument, version: number, catalogue: Catalogue): string {
  return new Emitter(document, version, catalogue).module();
}

class Emitter {
  readonly #nodes: FlowNode[];
  readonly #used: Set<string>;
  readonly #types: string;
  /** Outputs that are read outside the closure that makes them. */
  readonly #hoisted = new Set<string>();
  #pivoted = false;

  constructor(
    private readonly document: FlowDocument,
    private readonly version: number,
    private readonly catalogue: Catalogue
  ) {
    this.#nodes = allNodes(document.steps);
    this.#used = new Set(expressionsIn(document).flatMap(({ expression }) => [...namesIn(expression)]));
    const name = outputName(document.name);
    this.#types = name.charAt(0).toUpperCase() + name.slice(1);
  }

  module(): string {
    const { document } = this;
    const body = this.#steps(document.steps);
    const outputs = this.#nodes.filter(hasOutput).map((node) => `${outputName(node.id)}: ${this.#outputType(node)};`);
    const declared = Object.keys(document.queries).length + Object.keys(document.updates).length > 0;
    const signals = Object.keys(document.signals);
    const options = [
      `flow: ${text(document.name)}`,
      `onUndoFailure: ${text(document.rollback.onFailure)}`,
      ...(document.deadline ? [`deadlineMs: ${durationMs(document.deadline)}`] : []),
      ...(signals.length > 0 ? [`signals: ${JSON.stringify(signals)}`] : []),
    ];
    const result = document.output ? `${this.#types}Output` : 'void';
    return `
/** ${comment(document.title)}, version ${this.version}.${document.description ? ` ${comment(document.description)}` : ''} */
import { saga } from '@backstitch/saga';

export interface ${this.#types}Input ${objectType(document.input)}

${document.output ? `export interface ${this.#types}Output ${objectType(document.output)}` : ''}

${outputs.length > 0 && declared ? `/** Outputs of the steps, as far as they ran. */\ninterface Outputs { ${outputs.join('\n')} }` : ''}

export async function ${workflowType(document.name, this.version)}(input: ${this.#types}Input): Promise<${result}> {
  return saga<${result}>({ ${options.join(', ')} }, async (s) => {
    ${this.#declarations(declared && outputs.length > 0 ? 'Outputs' : 'object')}
    ${[...this.#hoisted].map((declaration) => `${declaration}\n`).join('')}
    ${body}
  });
}
`;
  }

  #declarations(outputs: string): string {
    const { document } = this;
    const lines: string[] = [];
    for (const [name, variable] of Object.entries(document.variables)) {
      lines.push(`let ${name}: ${schemaType(variable.schema)} = ${template(variable.initial)};`);
    }
    for (const [name, query] of Object.entries(document.queries)) {
      lines.push(
        `// ${comment(query.title)}\ns.onQuery<${outputs}>(${text(name)}, (${this.#pick(query.result)}) => (${template(query.result)}));`
      );
    }
    for (const [name, update] of Object.entries(document.updates)) {
      const accept = update.accept
        ? `accept: (argument, ${this.#pick([{ $expr: update.accept }])}) => ${update.accept},`
        : '';
      const refusal = update.refusal ? `refusal: ${text(update.refusal)},` : '';
      const set = Object.entries(update.set).map(([variable, value]) => `${variable} = ${template(value)};`);
      const apply = `apply: (argument, ${this.#pick(Object.values(update.set))}) => { ${set.join(' ')} },`;
      const type = `<${schemaType(update.schema)}, ${outputs}>`;
      lines.push(
        `// ${comment(update.title)}\ns.onUpdate${type}(${text(name)}, { ${accept} ${refusal} ${apply} });`.replace(
          /, \)/g,
          ')'
        )
      );
    }
    return lines.join('\n');
  }

  /** The outputs that a template reads, as a parameter that takes them apart. */
  #pick(value: Template | Template[]): string {
    const read = new Set(expressionsIn(value).flatMap(({ expression }) => [...namesIn(expression)]));
    const names = this.#nodes.filter(hasOutput).map((node) => outputName(node.id));
    const picked = names.filter((name) => read.has(name));
    return picked.length > 0 ? `{ ${picked.join(', ')} }` : '';
  }

  #steps(steps: readonly FlowNode[], inClosure = false): string {
    return steps.map((node) => this.#node(node, inClosure)).join('\n');
  }

  #node(node: FlowNode, inClosure: boolean): string {
    const catches = 'catch' in node ? (node.catch ?? []) : [];
    const code = catches.length > 0 ? this.#caught(node, catches) : this.#plain(node, inClosure);
    const note = node.note ? `\n// ${comment(node.note)}` : '';
    return `\n${BEGIN}${node.id}\n// ${comment(node.title)}${note}\n${code}\n${END}${node.id}\n`;
  }

  #caught(node: FlowNode, catches: readonly Catch[]): string {
    const handlers = catches.map((each) => {
      const failure = each.as ?? '_failure';
      return `{ types: ${JSON.stringify(each.types)}, scope: ${text(each.scope)}, handle: async (${failure}, s) => { ${this.#steps(each.then, true)} } }`;
    });
    const name = outputName(node.id);
    const keeps = hasOutput(node) && this.#used.has(name);
    const inner = keeps ? `return ${this.#expression(node)};` : this.#plain(node, true);
    const assign = keeps ? `const ${name} = ` : '';
    return `${assign}await s.attempt(${text(node.id)}, async (s) => { ${inner} }, [${handlers.join(', ')}]);`;
  }

  #plain(node: FlowNode, inClosure: boolean): string {
    switch (node.kind) {
      case 'action':
      case 'approval':
      case 'waitForSignal':
        return this.#assigned(node, inClosure) + this.#after(node, inClosure);
      case 'choice': {
        const titles = node.branches.map((branch) => text(branch.id));
        const took = (own: string | null) =>
          `s.took(${text(node.id)}, ${own ?? 'null'}, [${titles.filter((title) => title !== own).join(', ')}]);`;
        const chain = node.branches.map(
          (branch) => `if (${branch.when}) { ${took(text(branch.id))} ${this.#steps(branch.steps, inClosure)} }`
        );
        const otherwise = `{ ${node.otherwise ? `// ${comment(node.otherwise.title)}\n` : ''} ${took(null)} ${this.#steps(node.otherwise?.steps ?? [], inClosure)} }`;
        return `${chain.join(' else ')} else ${otherwise}`;
      }
      case 'parallel': {
        const branch = ({ id, title, steps }: Branch) =>
          `// ${comment(title)}\n${propertyName(id)}: async (s) => { ${this.#steps(steps, true)} }`;
        return `await s.parallel({ id: ${text(node.id)}, unwind: ${text(node.unwind)} }, { ${node.branches.map(branch).join(',\n')} });`;
      }
      case 'wait': {
        if (node.until) return `await s.wait(${text(node.id)}, Date.parse(${node.until}) - Date.now());`;
        const { duration } = node;
        const ms = typeof duration === 'string' ? String(durationMs(duration)) : (duration?.$expr ?? '0');
        return `await s.wait(${text(node.id)}, ${ms});`;
      }
      case 'set': {
        const sets = Object.entries(node.values).map(([name, value]) => `${name} = ${template(value)};`);
        return `${sets.join('\n')}\ns.passed(${text(node.id)});`;
      }
      case 'fail':
        return `return s.fail(${text(node.id)}, ${text(node.errorType)}, ${template(node.message)});`;
      case 'end': {
        if (!node.output) return `return s.end(${text(node.id)});`;
        return `return s.end(${text(node.id)}, ${template(node.output)} satisfies ${this.#types}Output);`;
      }
    }
  }

  #assigned(node: FlowNode, inClosure: boolean): string {
    const name = outputName(node.id);
    const expression = this.#expression(node);
    if (!this.#used.has(name) && !(node.kind === 'approval' && node.onReject)) return `${expression};`;
    if (!inClosure) return `const ${name} = ${expression};`;
    this.#hoisted.add(`let ${name}!: ${this.#outputType(node)};`);
    return `${name} = ${expression};`;
  }

  #after(node: FlowNode, inClosure: boolean): string {
    const name = outputName(node.id);
    if (node.kind === 'approval' && node.onReject) {
      return `\nif (${name}.decision === 'reject') { ${this.#steps(node.onReject, inClosure)} }`;
    }
    if (node.kind === 'waitForSignal' && node.onTimeout) {
      return `\nif (${name} === null) { ${this.#steps(node.onTimeout, inClosure)} }`;
    }
    return '';
  }

  #expression(node: FlowNode): string {
    if (node.kind === 'action') return this.#action(node);
    if (node.kind === 'approval') return this.#approval(node);
    if (node.kind !== 'waitForSignal') throw new Error(`${node.kind} has no output`);
    const timeout = node.timeout ? `, timeoutMs: ${durationMs(node.timeout)}` : '';
    const onTimeout = node.onTimeout ? `, onTimeout: 'continue'` : '';
    return `await s.waitForSignal<${schemaType(this.document.signals[node.signal]?.schema)}>({ id: ${text(node.id)}, signal: ${text(node.signal)}${timeout}${onTimeout} })`;
  }

  #action(node: ActionNode): string {
    const options = this.#options(node.activity, node.options, this.#pivoted);
    const fields = [
      `id: ${text(node.id)}`,
      `title: ${text(node.title)}`,
      `activity: ${text(node.activity)}`,
      `effect: ${text(effectOf(node, this.catalogue))}`,
      `input: ${template(node.input)}`,
      `options: ${options}`,
    ];
    const { undo, unknown } = node;
    if (undo) {
      const name = outputName(node.id);
      const readsOwn = expressionsIn(undo.input).some(({ expression }) => namesIn(expression).has(name));
      const parameter = readsOwn
        ? `(output) => { const ${name} = output as ${this.#outputType(node)}; return `
        : '() => (';
      const onFailure = undo.onFailure ? `, onFailure: ${text(undo.onFailure)}` : '';
      const data = `{ title: ${text(undo.title)}, activity: ${text(undo.activity)}, input: ${template(undo.input)}, options: ${this.#options(undo.activity, undo.options, false)}${onFailure} }`;
      fields.push(`undo: ${parameter}${data}${readsOwn ? '; }' : ')'}`, `armed: ${text(undo.armed)}`);
    }
    if (unknown?.policy === 'check') {
      fields.push(
        `unknown: { policy: 'check', activity: ${text(unknown.activity)}, input: ${template(unknown.input)}, options: ${this.#options(unknown.activity, unknown.options, false)} }`
      );
    } else if (unknown) fields.push(`unknown: { policy: ${text(unknown.policy)} }`);
    if (node.pivot) {
      fields.push('pivot: true');
      this.#pivoted = true;
    }
    return `await s.step<${this.#outputType(node)}>({ ${fields.join(',\n')} })`;
  }

  /** The step's own over the catalogue's. Past the point of no return a step is retried until it is done. */
  #options(activity: string, own: ActivityOptions | undefined, afterPivot: boolean): string {
    const defaults = this.catalogue[activity]?.defaultOptions ?? {};
    const retry = { ...defaults.retry, ...own?.retry };
    if (afterPivot && own?.retry?.maximumAttempts === undefined) delete retry.maximumAttempts;
    if (retry.maximumAttempts === 0) delete retry.maximumAttempts;
    return template({ ...defaults, ...own, retry } as unknown as Template);
  }

  #approval(node: ApprovalNode): string {
    const fields = [
      `id: ${text(node.id)}`,
      `title: ${text(node.title)}`,
      `question: ${text(node.question)}`,
      `candidates: ${JSON.stringify(node.candidates)}`,
      `data: ${template(node.data)}`,
      `schema: ${template((node.schema ?? null) as Template)}`,
      `requireComment: ${text(node.requireComment)}`,
      ...(node.timeout ? [`timeoutMs: ${durationMs(node.timeout)}`] : []),
      `onTimeout: ${text(node.onTimeout)}`,
      `onReject: ${text(node.onReject ? 'continue' : 'fail')}`,
    ];
    return `await s.approval({ ${fields.join(',\n')} })`;
  }

  #outputType(node: FlowNode): string {
    if (node.kind === 'approval')
      return `{ decision: 'approve' | 'reject'; comment: string; decidedBy: string | null }`;
    if (node.kind === 'waitForSignal') return `${schemaType(this.document.signals[node.signal]?.schema)} | null`;
    if (node.kind !== 'action') return 'void';
    const known = this.catalogue[node.activity]?.output;
    return schemaType(known && known !== 'per-step' ? known : node.output);
  }
}

function objectType(schema: JsonSchema): string {
  const type = schemaType(schema);
  return type.startsWith('{') ? type : `{ [name: string]: unknown }`;
}
function text(value: string): string {
  return JSON.stringify(value);
}
function comment(value: string): string {
  return value.replace(/\s+/g, ' ').replaceAll('*/', '* /');
}
export function durationMs(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
}

/** A template as an expression of the generated code. */
function template(value: Template): string {
  if (Array.isArray(value)) return `[${value.map(template).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  const expression = entries.length === 1 ? value.$expr : undefined;
  if (typeof expression === 'string') return expression;
  return `{ ${entries.map(([name, field]) => `${propertyName(name)}: ${template(field)}`).join(', ')} }`;
}
