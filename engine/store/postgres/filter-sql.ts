/** A list filter as SQL with parameters. Must agree with `matches` in ../filter (contract.test.ts compares the two). */
import type { Filter, SearchAttributeValue } from '../port';

const COLUMNS: Record<string, { column: string; type: 'text' | 'number' | 'time' }> = {
  WorkflowId: { column: 'workflow_id', type: 'text' },
  RunId: { column: 'run_id', type: 'text' },
  WorkflowType: { column: 'workflow_type', type: 'text' },
  TaskQueue: { column: 'task_queue', type: 'text' },
  ExecutionStatus: { column: 'status', type: 'number' },
  StartTime: { column: 'start_time', type: 'time' },
  ExecutionTime: { column: 'start_time', type: 'time' },
  CloseTime: { column: 'close_time', type: 'time' },
  HistoryLength: { column: 'history_length', type: 'number' },
};

/** Adds its values to `values`; the text names them $n. */
export function filterSql(filter: Filter, values: unknown[]): string {
  const bind = (value: unknown) => `$${values.push(value)}`;
  switch (filter.op) {
    case 'and':
    case 'or':
      if (filter.of.length === 0) return filter.op === 'and' ? 'TRUE' : 'FALSE';
      return `(${filter.of.map((part) => filterSql(part, values)).join(filter.op === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `((${filterSql(filter.of, values)}) IS NOT TRUE)`;
  }
  const system = COLUMNS[filter.field];
  const attribute = () => `search_attributes -> ${bind(filter.field)}::text`;
  switch (filter.op) {
    case 'isNull':
    case 'isNotNull':
      return `(${system ? system.column : attribute()} IS ${filter.op === 'isNull' ? '' : 'NOT '}NULL)`;
    case 'startsWith':
      if (system) return `starts_with(${system.column}::text, ${bind(filter.value)}::text)`;
      return `starts_with(search_attributes ->> ${bind(filter.field)}::text, ${bind(filter.value)}::text)`;
    case 'in':
      if (filter.values.length === 0) return 'FALSE';
      return `(${filter.values.map((value) => filterSql({ op: '=', field: filter.field, value }, values)).join(' OR ')})`;
  }
  const operator = filter.op === '!=' ? '<>' : filter.op;
  if (system) return `(${system.column}${typed(system.type, operator, filter.value, bind)})`;
  if (filter.op === '=') return `(${attribute()} @> ${bind(JSON.stringify(filter.value))}::jsonb)`;
  if (filter.op === '!=') return `(NOT ${attribute()} @> ${bind(JSON.stringify(filter.value))}::jsonb)`;
  if (typeof filter.value === 'number') {
    const name = filter.field;
    return `(CASE WHEN jsonb_typeof(search_attributes -> ${bind(name)}::text) = 'number' THEN (search_attributes ->> ${bind(name)}::text)::numeric ${operator} ${bind(filter.value)}::numeric ELSE FALSE END)`;
  }
  return `(CASE WHEN jsonb_typeof(search_attributes -> ${bind(filter.field)}::text) = 'string' THEN (search_attributes ->> ${bind(filter.field)}::text) COLLATE "C" ${operator} ${bind(String(filter.value))}::text ELSE FALSE END)`;
}

function typed(
  type: 'text' | 'number' | 'time',
  operator: string,
  value: SearchAttributeValue,
  bind: (value: unknown) => string
): string {
  if (type === 'time') return ` ${operator} ${bind(Date.parse(String(value)))}::bigint`;
  if (type === 'number') return ` ${operator} ${bind(value)}::numeric`;
  return ` COLLATE "C" ${operator} ${bind(String(value))}::text`;
}

/** The expression to group a count by; JSON, or null where the run has no value. */
export function groupSql(field: string, values: unknown[]): string {
  const system = COLUMNS[field];
  if (!system) return `search_attributes -> $${values.push(field)}::text`;
  return `to_jsonb(${system.column})`;
}
