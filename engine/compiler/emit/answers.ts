/**
 * The output schemas of steps, as constants of the module: an answer is checked against its schema on arrival
 * (engine/activities).
 */
import type { Catalogue } from '../../flow/catalogue';
import type { ActionNode, JsonSchema } from '../../flow/document';
import type { ModuleNames } from './names';
import { documentation, literal } from './print';

export class Answers {
  readonly #constants = new Map<string, string>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly names: ModuleNames
  ) {}

  /**
   * The name of the constant with the step's output schema; null if the catalogue declares the output, or nothing
   * does.
   */
  of({ id, activity, output }: ActionNode): string | null {
    const known = Object.hasOwn(this.catalogue, activity) ? this.catalogue[activity]?.output : undefined;
    if (output === undefined || (known !== undefined && known !== 'per-step')) return null;
    const name = this.names.take(`${id.replaceAll('-', '_').toUpperCase()}_OUTPUT`);
    this.#constants.set(name, literal(answerSchema(output)));
    return name;
  }

  /** Call it last. */
  declarations(): string[] {
    const head = documentation(['The declared outputs of steps: an answer that does not match fails its step.']);
    return [...this.#constants].map(
      ([name, code], index) => `${index === 0 ? `${head}\n` : ''}const ${name} = ${code};`
    );
  }
}

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
