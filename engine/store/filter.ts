/** Evaluates a list filter on one record: what the memory store does and what the SQL translation must agree with. */
import type { Filter, SearchAttributeValue, VisibilityRecord } from './port';

/** How a field is read from a record: a system field of its own, or a search attribute. */
export function fieldValue(record: VisibilityRecord, field: string): SearchAttributeValue | null {
  switch (field) {
    case 'WorkflowId':
      return record.workflowId;
    case 'RunId':
      return record.runId;
    case 'WorkflowType':
      return record.workflowType;
    case 'TaskQueue':
      return record.taskQueue;
    case 'ExecutionStatus':
      return record.status;
    case 'StartTime':
    case 'ExecutionTime':
      return new Date(record.startTime).toISOString();
    case 'CloseTime':
      return record.closeTime === null ? null : new Date(record.closeTime).toISOString();
    case 'HistoryLength':
      return record.historyLength;
    default:
      return record.searchAttributes[field] ?? null;
  }
}

const TIME_FIELDS = new Set(['StartTime', 'ExecutionTime', 'CloseTime']);

/** True when the record passes. Comparisons with an absent value are false, as in SQL; a list equals a value when it holds it. */
export function matches(filter: Filter, record: VisibilityRecord): boolean {
  switch (filter.op) {
    case 'and':
      return filter.of.every((part) => matches(part, record));
    case 'or':
      return filter.of.some((part) => matches(part, record));
    case 'not':
      return !matches(filter.of, record);
    case 'isNull':
      return fieldValue(record, filter.field) === null;
    case 'isNotNull':
      return fieldValue(record, filter.field) !== null;
    case 'startsWith': {
      const value = fieldValue(record, filter.field);
      return typeof value === 'string' && value.startsWith(filter.value);
    }
    case 'in': {
      const value = fieldValue(record, filter.field);
      if (value === null) return false;
      return filter.values.some((wanted) => equal(filter.field, value, wanted));
    }
    case '=':
    case '!=': {
      const value = fieldValue(record, filter.field);
      if (value === null) return false;
      return equal(filter.field, value, filter.value) === (filter.op === '=');
    }
    default: {
      const value = fieldValue(record, filter.field);
      if (value === null) return false;
      const left = comparable(filter.field, value);
      const right = comparable(filter.field, filter.value);
      if (typeof left !== typeof right) return false;
      if (filter.op === '<') return left < right;
      if (filter.op === '<=') return left <= right;
      if (filter.op === '>') return left > right;
      return left >= right;
    }
  }
}

function equal(field: string, value: SearchAttributeValue, wanted: SearchAttributeValue): boolean {
  if (Array.isArray(value)) {
    return Array.isArray(wanted) ? value.join('\0') === wanted.join('\0') : value.includes(String(wanted));
  }
  return comparable(field, value) === comparable(field, wanted);
}

function comparable(field: string, value: SearchAttributeValue): string | number {
  if (TIME_FIELDS.has(field)) return Date.parse(String(value));
  if (typeof value === 'number' || typeof value === 'string') return value;
  return typeof value === 'boolean' ? Number(value) : value.join('\0');
}
