/** What lists know of a run, and the filters over it. The store stores records and evaluates filters. */
import type { temporal } from '../proto';
import type { RunAddress, RunKey, RunStatus, TimestampMs } from '../run-name';

/**
 * The data for lists and counts. Written at the start, when search attributes or the memo change, and at the close;
 * never on the hot path.
 */
export interface VisibilityRecord extends RunAddress {
  runKey: RunKey;
  firstRunId: string;
  workflowType: string;
  taskQueue: string;
  status: RunStatus;
  startTime: TimestampMs;
  /** When the first workflow task may begin: later than the start after a start delay or a back-off. */
  executionTime: TimestampMs;
  /** Never before the start. */
  closeTime: TimestampMs | null;
  historyLength: number;
  /** Null in rows of earlier versions, as the next one. */
  historySizeBytes: number | null;
  stateTransitions: number | null;
  /** The run that started this one. */
  parent: Execution | null;
  /** The first run above; null if it is this one. */
  root: Execution | null;
  /** Plain JSON values by name, as declared in the search attribute registry. Datetimes are ISO strings. */
  searchAttributes: Record<string, SearchAttributeValue>;
  /** Encoded `temporal.api.common.v1.Memo`. */
  memo: Uint8Array;
}

/** A run, by the names that clients know. */
export interface Execution {
  workflowId: string;
  runId: string;
}

/**
 * Search attributes that somebody writes: admitted, with the registered type in their metadata, which readers of a
 * history need; or the name of one that is not, '' for all of them together.
 */
export type Admission = { fields: Record<string, temporal.api.common.v1.IPayload> } | { name: string; problem: string };

export type SearchAttributeValue = string | number | boolean | string[];
/** A value with which a field is compared. */
export type FilterValue = string | number | boolean;

/** A parsed list filter (engine/visibility parses; the store evaluates or translates to SQL). */
export type Filter =
  | { op: 'and' | 'or'; of: Filter[] }
  | { op: 'not'; of: Filter }
  | { op: '=' | '!=' | '>' | '>=' | '<' | '<='; field: string; value: FilterValue }
  | { op: 'in'; field: string; values: FilterValue[] }
  | { op: 'startsWith'; field: string; value: string }
  /** True if the text has one of the words. */
  | { op: 'hasWord'; field: string; words: string[] }
  | { op: 'isNull' | 'isNotNull'; field: string };
// Fields: those of visibility/fields.ts and registered search attributes. The parser has checked names and values.
