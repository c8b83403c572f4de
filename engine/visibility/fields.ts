/**
 * The table of everything by which runs are listed: the system's fields, search attributes, and the types of both.
 * The query language (parse.ts), the evaluator (matches.ts) and the SQL (sql.ts) are derived from it and have no list
 * of fields or types of their own.
 *
 * Two kinds of value
 * - In a filter and in the search attributes of a record, a value is plain JSON. An instant is ISO 8601 in UTC with
 *   milliseconds, so that the order of texts is the order of time.
 * - In a column, an instant is milliseconds since the epoch.
 *
 * To add a field: add a line to SYSTEM_FIELDS, and its column in a migration. To add a type: add a line to TYPES.
 */
import type { FilterValue, SearchAttributeValue, VisibilityRecord } from './record';

/** A query that cannot be read. The message contains the word that was not understood. */
export class InvalidQuery extends Error {
  override name = 'InvalidQuery';
}

export type FieldType = 'text' | 'words' | 'list' | 'number' | 'duration' | 'time' | 'bool' | 'status';

/** A token of a query that can be a value. */
export interface Literal {
  kind: 'word' | 'string' | 'number' | 'symbol' | 'end';
  text: string;
}

/** How values of a type are compared in SQL. */
interface ColumnFacts {
  /** Converts the value of a filter to the value of the column. */
  bind(value: FilterValue): string | number;
  /** `left` is the column, `right` the parameter. */
  compare(left: string, operator: string, right: string): string;
}

export interface TypeFacts {
  /** True if `<`, `>=` and BETWEEN are defined. */
  ordered: boolean;
  /** True if `=` means that the value has one of the words of the literal; IN is not defined then. */
  byWords?: true;
  /** The value of a literal in a query. Throws InvalidQuery if the literal is not of this type. */
  read(literal: Literal, field: string): FilterValue;
  column: ColumnFacts;
}

/** The form of an instant, in filters and in values. */
export const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Of a Date. */
const LATEST_MS = 8.64e15;

/** The words of a text, for fields of type 'words'. `sql.ts` divides at the same characters. */
export const WHITE_SPACE = '[ \\t\\n\\v\\f\\r]+';
const white = new RegExp(WHITE_SPACE);
export const wordsOf = (text: string): string[] => text.split(white).filter((word) => word !== '');

const STATUSES = ['Running', 'Completed', 'Failed', 'Canceled', 'Terminated', 'ContinuedAsNew', 'TimedOut', 'Paused'];
/** 'TimedOut' → 'WORKFLOW_EXECUTION_STATUS_TIMED_OUT'. */
const ofProtocol = (name: string) =>
  `WORKFLOW_EXECUTION_STATUS${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
/** Of its column. */
const MOST_STATUS = 32_767;

/** Compares texts by their bytes in UTF-8, whatever the collation of the database is. */
const AS_TEXT: ColumnFacts = {
  bind: String,
  compare: (left, operator, right) => `${left} COLLATE "C" ${operator} ${right}::text`,
};
const AS_NUMBER: ColumnFacts = {
  bind: Number,
  compare: (left, operator, right) => `${left} ${operator} ${right}::numeric`,
};
/** Of the column's own type, so that its index is used. */
const AS_STATUS: ColumnFacts = {
  bind: Number,
  compare: (left, operator, right) => `${left} ${operator} ${right}::smallint`,
};
const AS_MS: ColumnFacts = {
  bind: (value) => Date.parse(String(value)),
  compare: (left, operator, right) => `${left} ${operator} ${right}::bigint`,
};

function quoted({ kind, text }: Literal, field: string): string {
  if (kind === 'string') return text;
  throw new InvalidQuery(`${field} is compared with text in quotes, not '${text || 'the end'}'`);
}

export const TYPES: Record<FieldType, TypeFacts> = {
  text: { ordered: true, read: quoted, column: AS_TEXT },
  /** As the search of a Temporal server on PostgreSQL: words are divided by white space, and case counts. */
  words: { ordered: false, byWords: true, read: quoted, column: AS_TEXT },
  /** A list equals a value if the list contains the value. */
  list: { ordered: false, read: quoted, column: AS_TEXT },
  number: {
    ordered: true,
    /** Also in quotes. */
    read({ kind, text }, field) {
      const isNumber = kind === 'number' || (kind === 'string' && /^-?\d+(\.\d+)?$/.test(text));
      if (!isNumber) throw new InvalidQuery(`${field} is a number, not '${text}'`);
      return Number(text);
    },
    column: AS_NUMBER,
  },
  /** In nanoseconds, as a number or as text: '1h30m', '01:30:00'. */
  duration: {
    ordered: true,
    read(literal, field) {
      if (literal.kind === 'number') return Number(literal.text);
      const text = quoted(literal, field);
      const nanoseconds = readDuration(text);
      if (nanoseconds === null) throw new InvalidQuery(`'${text}' is not a duration (for ${field})`);
      return nanoseconds;
    },
    column: AS_NUMBER,
  },
  bool: {
    ordered: false,
    read({ text }, field) {
      if (!/^(true|false)$/i.test(text)) throw new InvalidQuery(`${field} is true or false, not '${text}'`);
      return text.toLowerCase() === 'true';
    },
    column: AS_TEXT,
  },
  time: {
    ordered: true,
    /** RFC 3339, or nanoseconds since the epoch. */
    read(literal, field) {
      const text = literal.kind === 'number' ? literal.text : quoted(literal, field);
      const ms = literal.kind === 'number' ? Number(text) / 1e6 : RFC_3339.test(text) ? Date.parse(text) : NaN;
      if (!(Math.abs(ms) <= LATEST_MS)) throw new InvalidQuery(`'${text}' is not a time (for ${field})`);
      return isoOf(ms);
    },
    column: AS_MS,
  },
  /** By name, by that of the protocol, or by WorkflowExecutionStatus number. */
  status: {
    ordered: true,
    read({ kind, text }) {
      if (kind === 'number' && /^\d+$/.test(text) && Number(text) <= MOST_STATUS) return Number(text);
      const index = kind === 'number' ? -1 : STATUSES.findIndex((name) => text === name || text === ofProtocol(name));
      if (index < 0) throw new InvalidQuery(`'${text}' is not an execution status`);
      return index + 1;
    },
    column: AS_STATUS,
  },
};

const UNITS_NS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12, d: 8.64e13 };
const PARTS = /([\d.]+)(ns|us|µs|ms|s|m|h|d)/g;

/** As a Temporal server (ParseExecutionDurationStr): nanoseconds, units as in Go with days, or hours:minutes:seconds. */
function readDuration(text: string): number | null {
  if (/^-?\d+$/.test(text)) return Number(text);
  const clock = /^(\d+):([0-5]\d):([0-5]\d)$/.exec(text);
  if (clock) return (Number(clock[1]) * 3_600 + Number(clock[2]) * 60 + Number(clock[3])) * 1e9;
  if (!/^([\d.]+(ns|us|µs|ms|s|m|h|d))+$/.test(text)) return null;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(PARTS)) sum += Number(count) * UNITS_NS[unit!]!;
  return Number.isFinite(sum) ? sum : null;
}

const isoOf = (ms: number) => new Date(ms).toISOString();

interface SystemField {
  type: FieldType;
  /** The column in `engine.visibility`. */
  column: string;
  /** Equality with a parameter, where the expression of the column has no index. */
  equals?(parameter: string): string;
  read(record: VisibilityRecord): string | number | null;
}

const SYSTEM_FIELDS: Record<string, SystemField> = {
  WorkflowId: { type: 'text', column: 'workflow_id', read: (record) => record.workflowId },
  RunId: { type: 'text', column: 'run_id', read: (record) => record.runId },
  WorkflowType: { type: 'text', column: 'workflow_type', read: (record) => record.workflowType },
  TaskQueue: { type: 'text', column: 'task_queue', read: (record) => record.taskQueue },
  ExecutionStatus: { type: 'status', column: 'status', read: (record) => record.status },
  StartTime: { type: 'time', column: 'start_time', read: (record) => isoOf(record.startTime) },
  ExecutionTime: {
    type: 'time',
    // Rows of earlier versions have none.
    column: 'COALESCE(execution_time, start_time)',
    read: (record) => isoOf(record.executionTime),
  },
  CloseTime: {
    type: 'time',
    column: 'close_time',
    read: (record) => (record.closeTime === null ? null : isoOf(record.closeTime)),
  },
  // Of closed runs only, as on a Temporal server: their values are certain.
  HistoryLength: {
    type: 'number',
    column: '(CASE WHEN close_time IS NOT NULL THEN history_length END)',
    read: (record) => (record.closeTime === null ? null : record.historyLength),
  },
  HistorySizeBytes: {
    type: 'number',
    column: '(CASE WHEN close_time IS NOT NULL THEN history_size_bytes END)',
    read: (record) => (record.closeTime === null ? null : record.historySizeBytes),
  },
  StateTransitionCount: {
    type: 'number',
    column: '(CASE WHEN close_time IS NOT NULL THEN state_transitions END)',
    read: (record) => (record.closeTime === null ? null : record.stateTransitions),
  },
  ExecutionDuration: {
    type: 'duration',
    column:
      '(CASE WHEN close_time IS NOT NULL THEN GREATEST(0, close_time - COALESCE(execution_time, start_time)) * 1000000 END)',
    read: executionDuration,
  },
  ParentWorkflowId: {
    type: 'text',
    column: 'parent_workflow_id',
    read: (record) => record.parent?.workflowId ?? null,
  },
  ParentRunId: { type: 'text', column: 'parent_run_id', read: (record) => record.parent?.runId ?? null },
  RootWorkflowId: {
    type: 'text',
    column: 'COALESCE(root_workflow_id, workflow_id)',
    equals: (parameter) => ownOr('root_workflow_id', 'workflow_id', parameter),
    read: (record) => record.root?.workflowId ?? record.workflowId,
  },
  RootRunId: {
    type: 'text',
    column: 'COALESCE(root_run_id, first_run_id)',
    equals: (parameter) => ownOr('root_run_id', 'first_run_id', parameter),
    read: (record) => record.root?.runId ?? record.firstRunId,
  },
};

const NANOSECONDS_PER_MS = 1e6;

/** In nanoseconds, from the first task on; null for an open run. */
export function executionDuration({ closeTime, executionTime }: VisibilityRecord): number | null {
  return closeTime === null ? null : Math.max(0, closeTime - executionTime) * NANOSECONDS_PER_MS;
}

/** A run that is its own root has no root in its row. */
const ownOr = (root: string, own: string, parameter: string): string => {
  const is = (column: string) => AS_TEXT.compare(column, '=', parameter);
  return `(${is(root)} OR (${root} IS NULL AND ${is(own)}))`;
};

/** By IndexedValueType number: unspecified, Text, Keyword, Int, Double, Bool, Datetime, KeywordList. */
const INDEXED_TYPES: { name: string; type: FieldType }[] = [
  { name: '', type: 'text' },
  { name: 'Text', type: 'words' },
  { name: 'Keyword', type: 'text' },
  { name: 'Int', type: 'number' },
  { name: 'Double', type: 'number' },
  { name: 'Bool', type: 'bool' },
  { name: 'Datetime', type: 'time' },
  { name: 'KeywordList', type: 'list' },
];
const KEYWORD = 2;

/** The type's name in a payload's metadata. */
export const indexedTypeName = (indexedType: number | undefined): string =>
  INDEXED_TYPES[indexedType ?? KEYWORD]?.name ?? '';

/** The IndexedValueType number of a name; 0 for none. */
export const indexedTypeOf = (name: string): number =>
  Math.max(
    0,
    INDEXED_TYPES.findIndex((each) => each.name === name)
  );

const [INT, DATETIME] = [3, 6];
/** The system's fields as a Temporal server lists them beside search attributes: IndexedValueType numbers by name. */
export const SYSTEM_ATTRIBUTES: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(SYSTEM_FIELDS).map(([name, { type }]) => [
    name,
    type === 'number' || type === 'duration' ? INT : type === 'time' ? DATETIME : KEYWORD,
  ])
);

/** Null for a search attribute. */
export const systemField = (name: string): SystemField | null =>
  Object.hasOwn(SYSTEM_FIELDS, name) ? (SYSTEM_FIELDS[name] ?? null) : null;

/**
 * The type of a system field, or of a search attribute that the namespace has registered with an IndexedValueType
 * number; null for any other name.
 */
export function typeOf(name: string, attributes: Readonly<Record<string, number>>): FieldType | null {
  const system = systemField(name);
  if (system) return system.type;
  return Object.hasOwn(attributes, name) ? (INDEXED_TYPES[attributes[name] ?? 0]?.type ?? 'text') : null;
}

/** Null if the record has no value. */
export function valueOf(record: VisibilityRecord, name: string): SearchAttributeValue | null {
  const system = systemField(name);
  return system ? system.read(record) : (record.searchAttributes[name] ?? null);
}
