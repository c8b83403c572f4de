/**
 * The JSON Schema of a TypeScript type, in the subset that flows use (flow/json-schema.ts).
 *
 * Rules
 * [TJ1] Every value of the type, as JSON, fits the schema. What the subset cannot express (unions of different types,
 *       null beside another type, a type inside itself) leaves the type open.
 * [TJ2] What JSON cannot express (Date, Map, Set, functions, symbols, and a bigint that is passed in) is a problem.
 */
import ts from 'typescript';
import type { JsonSchema } from '../../../flow/json-schema';
import { readPayload } from '../../../flow/values/json';

/** Why a type has no schema. */
export class NoSchema extends Error {
  override name = 'NoSchema';
}

const DEEPEST = 12;
const MOST_PARTS = 1_500;
const NOT_JSON = new Set(['Date', 'Map', 'Set', 'WeakMap', 'WeakSet', 'RegExp', 'Promise', 'Error', 'Buffer']);
const BYTES = /^(Uint|Int|Float|BigInt|BigUint)\d+(Clamped)?Array$|^ArrayBuffer$/;

type Direction = 'input' | 'output';

/** Throws NoSchema. `where`: how messages name the whole value. */
export function schemaOfType(
  type: ts.Type,
  checker: ts.TypeChecker,
  direction: Direction,
  where: string = direction
): JsonSchema {
  let parts = 0;
  return of(type, where, []);

  function of(type: ts.Type, where: string, within: readonly ts.Type[]): JsonSchema {
    if (++parts > MOST_PARTS) throw new NoSchema(`The type of the ${direction} has more than ${MOST_PARTS} parts.`);
    // A brand: `string & { brand: … }`.
    if (type.isIntersection()) {
      const base = type.types.find(({ flags }) => flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike));
      if (base) return of(base, where, within);
    }
    const { flags } = type;
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.isUnion()) return ofUnion(type, where, within);
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (flags & ts.TypeFlags.BigIntLike) {
      if (direction === 'output') return { type: 'integer' };
      throw new NoSchema(`${where} is a bigint, which never arrives: numbers arrive as JSON. Use number or string.`);
    }
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (flags & ts.TypeFlags.ESSymbolLike) throw new NoSchema(`${where} is a symbol, which JSON cannot express.`);
    if (!(flags & ts.TypeFlags.Object) && !type.isIntersection()) return {};
    if (within.includes(type) || within.length > DEEPEST) return {};
    return ofObject(type, where, [...within, type]);
  }

  function ofUnion(type: ts.UnionType, where: string, within: readonly ts.Type[]): JsonSchema {
    const present = type.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    const [first] = present;
    if (first && present.length === 1) return of(first, where, within);
    if (present.every(({ flags }) => flags & ts.TypeFlags.BooleanLiteral)) return { type: 'boolean' };
    const values = present.flatMap((each) => (each.isStringLiteral() || each.isNumberLiteral() ? [each.value] : []));
    if (values.length === present.length) {
      const types = new Set(values.map((value) => typeof value));
      const [only] = types;
      return types.size === 1 ? { type: only as 'string' | 'number', enum: values } : { enum: values };
    }
    // What JSON cannot express is a problem here too.
    for (const each of present) of(each, where, within);
    return {};
  }

  function ofObject(type: ts.Type, where: string, within: readonly ts.Type[]): JsonSchema {
    const name = type.getSymbol()?.getName() ?? '';
    if (NOT_JSON.has(name) || BYTES.test(name))
      throw new NoSchema(`${where} is a ${name}, which JSON cannot express. Use a string or an object.`);
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0)
      throw new NoSchema(`${where} is a function, which JSON cannot express.`);
    if (checker.isTupleType(type)) {
      const inner = checker.getTypeArguments(type as ts.TypeReference);
      const kinds = inner.map((each) => JSON.stringify(of(each, `${where}[…]`, within)));
      const [only] = new Set(kinds);
      return {
        type: 'array',
        ...(new Set(kinds).size === 1 && only ? { items: readPayload(only) as JsonSchema } : {}),
      };
    }
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', ...(item ? { items: of(item, `${where}[…]`, within) } : {}) };
    }
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const symbol of checker.getPropertiesOfType(type)) {
      const field = symbol.getName();
      if (field.startsWith('__@')) continue;
      const declared = checker.getTypeOfSymbol(symbol);
      if (declared.getCallSignatures().length > 0 && direction === 'output') continue;
      const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0 || allowsUndefined(declared);
      properties[field] = { ...of(declared, `${where}.${field}`, within), ...annotationsOf(symbol, checker) };
      if (!isOptional) required.push(field);
    }
    const index = type.getStringIndexType();
    return {
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      ...(Object.keys(properties).length > 0 || !index ? { properties } : {}),
      ...(index ? { additionalProperties: of(index, `${where}[…]`, within) } : {}),
    };
  }
}

const allowsUndefined = (type: ts.Type): boolean =>
  (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) !== 0 ||
  (type.isUnion() && type.types.some(({ flags }) => flags & ts.TypeFlags.Undefined));

/** How people read the value: from the doc comment of a field. */
function annotationsOf(symbol: ts.Symbol, checker: ts.TypeChecker): JsonSchema {
  const found: JsonSchema = {};
  const description = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  if (description !== '') found.description = description.slice(0, 500);
  for (const { name, text } of symbol.getJsDocTags(checker)) {
    const words = ts.displayPartsToString(text).trim();
    if (name === 'title' && words !== '') found.title = words;
    else if (name === 'format' && words !== '') found.format = words;
    else if (name === 'currencyField' && words !== '') found.currencyField = words;
    else if (name === 'pattern' && words !== '') found.pattern = words;
    else if (name === 'primary' || name === 'sensitive') found[name] = true;
    else if ((name === 'minimum' || name === 'maximum') && Number.isFinite(Number(words || 'no')))
      found[name] = Number(words);
  }
  return found;
}
