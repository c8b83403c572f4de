/**
 * The checks that the run itself makes on its input, signals and updates, whoever sends them. Patterns and formats
 * are checked by the doors outside (engine/saga/value-check.ts has the reason).
 */
import type { FlowDocument, JsonSchema } from '../../flow/document';
import type { ValueSchema } from '../../saga/value-check';
import { schemaType } from '../../flow/schema/type';
import { constantName, type ModuleNames } from './names';
import { documentation, expression, literal, objectText } from './print';

/** Of the saga library. */
export const SCHEMA_TYPE = 'ValueSchema';

export class Doors {
  readonly #input: string;
  /** Name of the signal or update → the constant. */
  readonly #signals: ReadonlyMap<string, string>;
  readonly #updates: ReadonlyMap<string, string>;

  constructor(
    private readonly document: FlowDocument,
    names: ModuleNames
  ) {
    const taken = (doors: object, what: string) =>
      new Map(Object.keys(doors).map((name) => [name, names.take(`${constantName(name)}_${what}`)]));
    this.#input = names.take('INPUT_SCHEMA');
    this.#signals = taken(document.signals, 'SIGNAL');
    this.#updates = taken(document.updates, 'UPDATE');
  }

  /** Constants of the module. */
  declarations(): string[] {
    const { input, signals, updates } = this.document;
    const head = documentation(['Schemas of all data that is sent to the run. The run itself checks them.']);
    const declared = (constant: string | undefined, schema: JsonSchema) =>
      `const ${constant}: ${SCHEMA_TYPE} = ${literal(valueSchema(schema))}${hasInheritedName(schema) ? ' as const' : ''};`;
    return [
      `${head}\n${declared(this.#input, { type: 'object', ...input })}`,
      ...Object.entries(signals).map(([name, { schema }]) => declared(this.#signals.get(name), schema)),
      ...Object.entries(updates).map(([name, { schema }]) => declared(this.#updates.get(name), schema)),
    ];
  }

  /** The options of the saga: its input, and its declared signals. */
  options(): string[] {
    const signals = Object.entries(this.document.signals).map(([name, { schema, key }]) => {
      const reads = `(argument: ${schemaType(schema)}) => ${expression(key ?? '')}`;
      const door = [['schema', `${this.#signals.get(name)}`] as const, ...(key ? [['key', reads] as const] : [])];
      return [name, objectText(door)] as const;
    });
    return [
      `input: { value: input, schema: ${this.#input} }`,
      ...(signals.length > 0 ? [`signals: ${objectText(signals)}`] : []),
    ];
  }

  updateSchema(name: string): string {
    return `${this.#updates.get(name)}`;
  }
}

/**
 * A field is called 'constructor' or the like. TypeScript reads the schema of such a field as the inherited property,
 * and needs to be told that its texts are literals.
 */
function hasInheritedName({ properties = {}, items, additionalProperties: others }: JsonSchema): boolean {
  const inner = [...Object.values(properties), items, others].filter((each) => typeof each === 'object');
  return Object.keys(properties).some((name) => name in Object.prototype) || inner.some(hasInheritedName);
}

/** The keywords that restrict values, without those that describe how people read them. */
function valueSchema(schema: JsonSchema): ValueSchema {
  const { type, required, minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const { properties, items, additionalProperties: others } = schema;
  const fields = Object.entries(properties ?? {}).map(([name, field]) => [name, valueSchema(field)]);
  return {
    type,
    properties: properties && (Object.fromEntries(fields) as ValueSchema['properties']),
    required: required?.length ? required : undefined,
    additionalProperties: typeof others === 'object' ? valueSchema(others) : others,
    items: items && valueSchema(items),
    enum: schema.enum,
    const: schema.const,
    minimum,
    maximum,
    minLength,
    maxLength,
    minItems,
    maxItems,
  };
}
