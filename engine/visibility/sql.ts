/** A list filter as SQL with parameters. Must agree with `matches` (visibility.test.ts compares the two). */
import { createHash } from 'node:crypto';
import type { Filter, FilterValue, SearchAttributeValue } from './record';
import { systemField, TYPES, typeOf, WHITE_SPACE, type TypeFacts } from './fields';

/** Appends the values to `values`; the text refers to them as $n. */
export function filterSql(filter: Filter, values: unknown[]): string {
  const bind = (value: unknown) => `$${values.push(value)}`;
  switch (filter.op) {
    case 'and':
    case 'or':
      if (filter.of.length === 0) return filter.op === 'and' ? 'TRUE' : 'FALSE';
      return `(${filter.of.map((part) => filterSql(part, values)).join(filter.op === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `((${filterSql(filter.of, values)}) IS NOT TRUE)`;
    case 'in':
      if (filter.values.length === 0) return 'FALSE';
      return `(${filter.values.map((value) => filterSql({ op: '=', field: filter.field, value }, values)).join(' OR ')})`;
  }
  /** Of the whole column, because its index is. A list equals a value that it contains. */
  const contains = (field: string, value: FilterValue) => {
    const forms = [value, [String(value)]].map((form) => `${bind(JSON.stringify({ [field]: form }))}::jsonb`);
    return `(${forms.map((form) => `search_attributes @> ${form}`).join(' OR ')})`;
  };
  /** Too many, by indexes: texts that are one of the words, and digests of words of longer texts. */
  const found = (field: string, words: readonly string[]) => {
    const whole = words.map((word) => `search_attributes @> ${bind(JSON.stringify({ [field]: word }))}::jsonb`);
    return `(${whole.join(' OR ')} OR engine.words(search_attributes) && ${bind(words.map((word) => wordDigest(field, word)))}::text[])`;
  };
  const system = systemField(filter.field);
  const attribute = () => `search_attributes -> ${bind(filter.field)}::text`;
  const attributeText = () => `search_attributes ->> ${bind(filter.field)}::text`;
  /**
   * Of one JSON type only, because values of different types cannot be ordered: null for others. An index of such an
   * expression is used if it is written exactly alike.
   */
  const ofType = (type: JsonType) => attributeOfType(type, attribute, attributeText);
  switch (filter.op) {
    case 'isNull':
    case 'isNotNull':
      return `(${system ? system.column : attribute()} IS ${filter.op === 'isNull' ? '' : 'NOT '}NULL)`;
    case 'startsWith':
      if (system) return `starts_with(${system.column} COLLATE "C", ${bind(filter.value)}::text)`;
      return `starts_with(${ofType('string')} COLLATE "C", ${bind(filter.value)}::text)`;
    case 'hasWord':
      return `(${found(filter.field, filter.words)} AND regexp_split_to_array(${ofType('string')}, E'${WHITE_SPACE}') && ${bind(filter.words)}::text[])`;
    case '=':
      if (system?.equals) return system.equals(`${bind(String(filter.value))}`);
      if (system) break;
      return contains(filter.field, filter.value);
    case '!=':
      if (system) break;
      return `(${attribute()} IS NOT NULL AND NOT ${contains(filter.field, filter.value)})`;
  }
  const operator = filter.op === '!=' ? '<>' : filter.op;
  const { value } = filter;
  const compared = (left: string, { column }: TypeFacts) => column.compare(left, operator, bind(column.bind(value)));
  if (system) return `(${compared(system.column, TYPES[system.type])})`;
  return typeof value === 'number'
    ? `(${compared(ofType('number'), TYPES.number)})`
    : `(${compared(ofType('string'), TYPES.text)})`;
}

type JsonType = 'number' | 'string';
const attributeOfType = (type: JsonType, attribute: () => string, text: () => string): string =>
  `(CASE WHEN jsonb_typeof(${attribute()}) = '${type}' THEN ${type === 'number' ? `(${text()})::numeric` : text()} END)`;

/**
 * The index by which ranges of a search attribute are found, which the store makes when the attribute is registered;
 * null for types without an order. `indexedType`: an IndexedValueType number. Without the namespace: a row of an index
 * has no room for two long texts.
 */
export function attributeIndex(name: string, indexedType: number): { name: string; expression: string } | null {
  const type = typeOf(name, { [name]: indexedType });
  if (systemField(name) || (type !== 'number' && type !== 'text' && type !== 'time')) return null;
  const json: JsonType = type === 'number' ? 'number' : 'string';
  const literal = `'${name.replaceAll("'", "''")}'`;
  const value = attributeOfType(
    json,
    () => `search_attributes -> ${literal}`,
    () => `search_attributes ->> ${literal}`
  );
  const digest = createHash('md5').update(`${json} ${name}`).digest('hex').slice(0, 16);
  return {
    name: `visibility_attribute_${digest}_idx`,
    expression: json === 'number' ? value : `(${value} COLLATE "C")`,
  };
}

/** System fields that have an index of their own, besides those in the order of the list. */
const INDEXED = new Set(['WorkflowId', 'RunId', 'ParentWorkflowId', 'ParentRunId', 'RootWorkflowId']);

/** Of its own index. How many effects remain goes with the status of a run, which no estimate of both together knows. */
const ORDERED_INDEX = 'SagaStanding';

/**
 * True if an index that is not in the order of the list finds what the filter matches, and the database cannot estimate
 * how much that is. Of other ranges it can, because their indexes have statistics.
 */
export function isIndexed(filter: Filter): boolean {
  switch (filter.op) {
    case 'and':
      return filter.of.some(isIndexed);
    case 'or':
      return filter.of.length > 0 && filter.of.every(isIndexed);
    case 'hasWord':
      return true;
    case '=':
    case 'in':
      return INDEXED.has(filter.field) || !systemField(filter.field);
    case 'startsWith':
      return INDEXED.has(filter.field) || !systemField(filter.field);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return filter.field === ORDERED_INDEX;
    default:
      return false;
  }
}

/** As the function engine.words of the database. */
const wordDigest = (field: string, word: string): string =>
  createHash('md5').update(`${field} ${word}`).digest('hex').slice(0, 16);

/**
 * The column or the expression by which a count is grouped, null if the run has no value. As JSON, `groupValue` converts
 * it to a value of the field. A column as it is: an index may have it.
 */
export function groupSql(name: string, values: unknown[]): string {
  const system = systemField(name);
  return system ? system.column : `search_attributes -> $${values.push(name)}::text`;
}

/** Converts the value of a column to the value that filters and records have. */
export function groupValue(name: string, value: SearchAttributeValue): SearchAttributeValue {
  return systemField(name)?.type === 'time' ? new Date(Number(value)).toISOString() : value;
}
