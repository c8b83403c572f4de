/**
 * Schemas that steps and approvals pass on, as constants of the module: an answer is checked on arrival against the
 * output schema of its step (engine/activities), people read the data of an approval by its schema, and the form of a
 * decision is made from one.
 */
import type { Catalogue } from '../../flow/catalogue';
import type { ActionNode, FlowDocument, JsonSchema } from '../../flow/document';
import { allNodes } from '../../flow/tree';
import type { ModuleNames } from './names';
import { documentation, literal } from './print';

export class Answers {
  readonly #answers = new Map<string, string>();
  readonly #shown = new Map<string, string>();
  readonly #forms = new Map<string, string>();

  /** Schemas that several approvals show. */
  readonly #shared: ReadonlySet<string>;

  constructor(
    { steps }: FlowDocument,
    private readonly catalogue: Catalogue,
    private readonly names: ModuleNames
  ) {
    const shown = allNodes(steps).flatMap((node) => (node.kind === 'approval' ? [literal(node.schema)] : []));
    this.#shared = new Set(shown.filter((code, index) => shown.indexOf(code) !== index));
  }

  /**
   * The name of the constant with the step's output schema; null if the catalogue declares the output, or nothing
   * does.
   */
  of({ id, activity, output }: ActionNode): string | null {
    const known = Object.hasOwn(this.catalogue, activity) ? this.catalogue[activity]?.output : undefined;
    if (output === undefined || (known !== undefined && known !== 'per-step')) return null;
    return this.#constant(this.#answers, `${id}-output`, literal(answerSchema(output)));
  }

  /** The name of the constant with the schema of an approval's data: one for all approvals that show the same. */
  shown(id: string, schema: JsonSchema): string {
    const code = literal(schema);
    const isShared = this.#shared.has(code);
    const known = isShared ? [...this.#shown].find(([, other]) => other === code) : undefined;
    return known?.[0] ?? this.#constant(this.#shown, isShared ? 'approval-data' : `${id}-data`, code);
  }

  /** The name of the constant with the form of a decision. */
  form(id: string, decision: string, schema: JsonSchema): string {
    return this.#constant(this.#forms, `${id}-${decision.replaceAll(/([A-Z])/g, '-$1')}-form`, literal(schema));
  }

  /** Call it last. */
  declarations(): string[] {
    return [
      ...declared(this.#answers, 'The declared outputs of steps: an answer that does not match fails its step.'),
      ...declared(this.#shown, 'How people read the data of approvals.'),
      ...declared(this.#forms, 'The forms of decisions: the run checks their values.'),
    ];
  }

  #constant(constants: Map<string, string>, wanted: string, code: string): string {
    const name = this.names.take(wanted.replaceAll('-', '_').toUpperCase());
    constants.set(name, code);
    return name;
  }
}

const declared = (constants: ReadonlyMap<string, string>, about: string): string[] =>
  [...constants].map(
    ([name, code], index) => `${index === 0 ? `${documentation([about])}\n` : ''}const ${name} = ${code};`
  );

/** The keywords that restrict values, without those that describe how people read them. */
function answerSchema(schema: JsonSchema): JsonSchema {
  const { title: _1, description: _2, default: _3, currencyField: _4, primary: _5, sensitive: _6, ...rules } = schema;
  const { properties, items, additionalProperties: others } = rules;
  const fields = Object.entries(properties ?? {}).map(([name, field]) => [name, answerSchema(field)]);
  return {
    ...rules,
    properties: properties && (Object.fromEntries(fields) as JsonSchema['properties']),
    items: items && answerSchema(items),
    additionalProperties: typeof others === 'object' ? answerSchema(others) : others,
  };
}
