/** A list filter as SQL with parameters. Must agree with `matches` (visibility.test.ts compares the two). */
import type { Filter, SearchAttributeValue } from './record';
import { systemField, TYPES, WHITE_SPACE, type TypeFacts } from './fields';

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
  const system = systemField(filter.field);
  const attribute = () => `search_attributes -> ${bind(filter.field)}::text`;
  const attributeText = () => `search_attributes ->> ${bind(filter.field)}::text`;
  /** Compares values of one JSON type only, because values of different types cannot be ordered. */
  const ofType = (type: 'number' | 'string', comparison: () => string) =>
    `(CASE WHEN jsonb_typeof(${attribute()}) = '${type}' THEN ${comparison()} ELSE FALSE END)`;
  switch (filter.op) {
    case 'isNull':
    case 'isNotNull':
      return `(${system ? system.column : attribute()} IS ${filter.op === 'isNull' ? '' : 'NOT '}NULL)`;
    case 'startsWith':
      if (system) return `starts_with(${system.column}::text, ${bind(filter.value)}::text)`;
      return ofType('string', () => `starts_with(${attributeText()}, ${bind(filter.value)}::text)`);
    case 'hasWord':
      return ofType(
        'string',
        () => `regexp_split_to_array(${attributeText()}, E'${WHITE_SPACE}') && ${bind(filter.words)}::text[]`
      );
    case '=':
      if (system) break;
      return `(${attribute()} @> ${bind(JSON.stringify(filter.value))}::jsonb)`;
    case '!=':
      if (system) break;
      return `(NOT ${attribute()} @> ${bind(JSON.stringify(filter.value))}::jsonb)`;
  }
  const operator = filter.op === '!=' ? '<>' : filter.op;
  const { value } = filter;
  const compared = (left: string, { column }: TypeFacts) => column.compare(left, operator, bind(column.bind(value)));
  if (system) return `(${compared(system.column, TYPES[system.type])})`;
  return typeof value === 'number'
    ? ofType('number', () => compared(`(${attributeText()})::numeric`, TYPES.number))
    : ofType('string', () => compared(`(${attributeText()})`, TYPES.text));
}

/**
 * The expression by which a count is grouped: JSON, or null if the run has no value. `groupValue` converts its result
 * to a value of the field.
 */
export function groupSql(name: string, values: unknown[]): string {
  const system = systemField(name);
  return system ? `to_jsonb(${system.column})` : `search_attributes -> $${values.push(name)}::text`;
}

/** Converts the value of a column to the value that filters and records have. */
export function groupValue(name: string, value: SearchAttributeValue): SearchAttributeValue {
  return systemField(name)?.type === 'time' ? new Date(Number(value)).toISOString() : value;
}
