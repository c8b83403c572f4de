/**
 * The input types of the activities of a flow: a separate module ('activities.ts'), from which the workflow imports
 * types only. So an input that does not match its activity is found when the flow is published.
 */
import type { Catalogue } from '../../flow/catalogue';
import type { JsonSchema, Template } from '../../flow/document';
import { fieldType, objectType, schemaType } from '../../flow/schema/type';
import { callInput, type CallInput } from './call-input';
import { partsOf, type ModuleNames } from './names';
import { capital, documentation, repeats } from './print';

/** Of the saga library. */
export const CALL_TYPE = 'ActivityCall';

/** Characters: what would not fit into the line of its field. */
const LONG_UNION = 60;

export class ActivityTypes {
  /** Activity → the name of its type there, and its name here, which differs if the document uses that name. */
  readonly #named = new Map<string, { there: string; here: string }>();
  /** The name of the argument with the keys of the call. */
  readonly call: string;
  #readsCall = false;

  /** `called`: every activity that the flow calls. */
  constructor(
    private readonly catalogue: Catalogue,
    private readonly names: ModuleNames,
    private readonly called: readonly string[]
  ) {
    this.call = names.take('call');
  }

  /** A template as the input of an activity. */
  input(activity: string, value: Template): CallInput {
    const { places = {} } = Object.hasOwn(this.catalogue, activity) ? (this.catalogue[activity] ?? {}) : {};
    const { code, readsCall } = callInput(value, places, this.call);
    if (this.#schemaOf(activity)?.type !== 'object') return { code, readsCall };
    return { code: `(${code}) satisfies ${this.#nameOf(activity).here}`, readsCall };
  }

  /** The same, as a function if it reads the keys of its call. */
  inputOrFunction(activity: string, value: Template): string {
    const { code, readsCall } = this.input(activity, value);
    if (!readsCall) return code;
    this.#readsCall = true;
    return `(${this.call}: ${CALL_TYPE}) => (${code})`;
  }

  /** True if the code uses the type of a call. Call it last. */
  get namesCall(): boolean {
    return this.#readsCall;
  }

  /** Call it last, with the next one. Empty if nothing is imported. */
  importLine(): string {
    const names = [...this.#named.values()].map(({ there, here }) => (there === here ? there : `${there} as ${here}`));
    return names.length > 0 ? `import type { ${names.sort().join(', ')} } from './activities';` : '';
  }

  /** Null if no called activity declares its input. */
  module(): string | null {
    if (this.#named.size === 0) return null;
    const types = [...this.#named].sort(([one], [other]) => (one < other ? -1 : 1));
    const head = documentation(['Input types of the activities, from the catalogue when the flow was published.']);
    const shared = this.#sharedUnions(types.map(([activity]) => activity));
    return [
      head,
      ...[...shared.values()].map(({ name, type }) => `type ${name} = ${type};`),
      ...types.map(([activity, { there }]) => this.#declaration(activity, there, shared)),
    ].join('\n\n');
  }

  /** Field → its long union, which several inputs have, with a name. */
  #sharedUnions(activities: readonly string[]): Map<string, { name: string; type: string }> {
    const uses = activities.flatMap((activity) =>
      Object.entries(this.#schemaOf(activity)?.properties ?? {}).map(([field, inner]) => ({ field, inner }))
    );
    // The type of open objects.
    const taken = new Set(['Record', ...[...this.#named.values()].map(({ there }) => there)]);
    const shared = new Map<string, { name: string; type: string }>();
    for (const { field, inner } of uses) {
      const type = schemaType(inner);
      const name = capital(field);
      const isLong = inner.enum !== undefined && type.length > LONG_UNION;
      const isName = /^[A-Z][A-Za-z0-9]*$/.test(name) && !taken.has(name) && !(field in Object.prototype);
      const isEverywhere = uses.every((each) => each.field !== field || schemaType(each.inner) === type);
      if (isLong && isName && isEverywhere && uses.filter((each) => each.field === field).length > 1)
        shared.set(field, { name, type });
    }
    return shared;
  }

  #declaration(activity: string, name: string, shared: ReadonlyMap<string, { name: string }>): string {
    const { title = activity } = this.catalogue[activity] ?? {};
    const { properties = {}, required = [], ...schema } = this.#schemaOf(activity) ?? {};
    const fields = Object.entries(properties).map(([field, inner]) => {
      const words = inner.description ?? inner.title ?? '';
      const said = words === '' || repeats(words, field) ? '' : `${documentation([words])}\n`;
      const union = shared.get(field)?.name;
      if (union !== undefined) return `${said}${field}${required.includes(field) ? '' : '?'}: ${union};`;
      return said + fieldType(field, inner, required.includes(field));
    });
    const about = documentation([`${activity}: ${title}`]);
    return fields.length > 0
      ? `${about}\nexport interface ${name} {\n${fields.join('\n')}\n}`
      : `${about}\nexport type ${name} = ${objectType(schema)};`;
  }

  #nameOf(activity: string): { there: string; here: string } {
    const known = this.#named.get(activity);
    if (known) return known;
    const there = `${this.#titleOf(activity)}Input`;
    const named = { there, here: this.names.take(there) };
    this.#named.set(activity, named);
    return named;
  }

  /** 'shop.bookFlight' → 'BookFlight', and 'ShopBookFlight' if another called activity would have the same name. */
  #titleOf(activity: string): string {
    const { connection, operation } = partsOf(activity, this.catalogue);
    const isShared = this.called.filter((each) => partsOf(each, this.catalogue).operation === operation).length > 1;
    return isShared ? capital(connection) + capital(operation) : capital(operation);
  }

  #schemaOf(activity: string): JsonSchema | undefined {
    return Object.hasOwn(this.catalogue, activity) ? this.catalogue[activity]?.input : undefined;
  }
}
