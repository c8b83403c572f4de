/** Evaluates a list filter on one record. The memory store uses it, and the SQL (sql.ts) must agree with it. */
import type { Filter, FilterValue, SearchAttributeValue, VisibilityRecord } from './record';
import { valueOf, wordsOf } from './fields';

/**
 * True if the record matches. Comparisons with an absent value are false, as in SQL. A list equals a value if the
 * list contains it.
 */
export function matches(filter: Filter, record: VisibilityRecord): boolean {
  switch (filter.op) {
    case 'and':
      return filter.of.every((part) => matches(part, record));
    case 'or':
      return filter.of.some((part) => matches(part, record));
    case 'not':
      return !matches(filter.of, record);
  }
  const value = valueOf(record, filter.field);
  switch (filter.op) {
    case 'isNull':
      return value === null;
    case 'isNotNull':
      return value !== null;
  }
  if (value === null) return false;
  switch (filter.op) {
    case 'startsWith':
      return typeof value === 'string' && value.startsWith(filter.value);
    case 'hasWord':
      return typeof value === 'string' && wordsOf(value).some((word) => filter.words.includes(word));
    case 'in':
      return filter.values.some((wanted) => equal(value, wanted));
    case '=':
      return equal(value, filter.value);
    case '!=':
      return !equal(value, filter.value);
    default:
      return holds(filter.op, order(value, filter.value));
  }
}

const equal = (value: SearchAttributeValue, wanted: FilterValue): boolean =>
  Array.isArray(value) ? value.includes(String(wanted)) : value === wanted;

function holds(op: '<' | '<=' | '>' | '>=', order: number | null): boolean {
  if (order === null) return false;
  switch (op) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Negative, 0 or positive; null for values that cannot be ordered. Texts are ordered by their bytes in UTF-8. */
function order(value: SearchAttributeValue, wanted: FilterValue): number | null {
  if (typeof value === 'number' && typeof wanted === 'number') return value - wanted;
  if (typeof value === 'string' && typeof wanted === 'string')
    return Buffer.compare(Buffer.from(value), Buffer.from(wanted));
  return null;
}
