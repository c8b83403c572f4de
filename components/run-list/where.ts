/**
 * The filter of the list by searchable fields: one text in Temporal's query language, which is in the URL, and which
 * people see as chips and build from fields. What is no list of comparisons is one chip with the text itself.
 *
 * Rules
 * [WHR1] A text is divided at AND outside of texts and parentheses; with OR it is one part. Joining the parts again
 *        gives a text that means the same.
 * [WHR2] A comparison of a known field is said in words, with the title of the field; any other part is shown as it is.
 * [WHR4] Beside the searchable fields of flows there are those of every run of a flow: where it failed or is tried again,
 *        with which error, and when it ended. What a group of 'Attention' asks for is said in words too.
 * [WHR3] A value is written so that it is read back as it was typed, whatever quotes it has. A number that is none, and
 *        an instant that is none, make no clause.
 */
import type { SearchableField, SearchableType } from '@/engine/flow/searchable';
import { byName } from '@/engine/flow/values/name-order';
import { markWords } from '@/components/attention/words';

export interface Comparison {
  /** As it is chosen: 'is', 'after'. */
  words: string;
  /** The operator of the query language; null: it takes no value. */
  operator: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'STARTS_WITH' | null;
  /** The clause behind the field, if it takes no value. */
  alone?: 'IS NULL' | 'IS NOT NULL';
}

const IS: Comparison = { words: 'is', operator: '=' };
const IS_NOT: Comparison = { words: 'is not', operator: '!=' };
const MISSING: readonly Comparison[] = [
  { words: 'has a value', operator: null, alone: 'IS NOT NULL' },
  { words: 'has no value', operator: null, alone: 'IS NULL' },
];
const SIZES: readonly Comparison[] = [
  { words: 'is at least', operator: '>=' },
  { words: 'is more than', operator: '>' },
  { words: 'is at most', operator: '<=' },
  { words: 'is less than', operator: '<' },
];
const TIMES: readonly Comparison[] = [
  { words: 'from', operator: '>=' },
  { words: 'before', operator: '<' },
];
const OF_TYPE: Record<SearchableType, readonly Comparison[]> = {
  Keyword: [IS, { words: 'begins with', operator: 'STARTS_WITH' }, IS_NOT],
  Text: [{ words: 'has the word', operator: '=' }],
  Int: [IS, ...SIZES, IS_NOT],
  Double: [IS, ...SIZES, IS_NOT],
  Bool: [IS],
  Datetime: TIMES,
  KeywordList: [{ words: 'contains', operator: '=' }],
};
/** [WHR4] On a Temporal cluster there are none. */
export const OF_EVERY_RUN: readonly SearchableField[] = [
  { name: 'SagaFailedAt', title: 'Failed at', type: 'Keyword' },
  { name: 'SagaRetriesAt', title: 'Retries at', type: 'KeywordList' },
  { name: 'SagaWaitsAt', title: 'Waits at', type: 'KeywordList' },
  { name: 'SagaError', title: 'Error', type: 'KeywordList' },
  { name: 'SagaErrorText', title: 'Error text', type: 'Text' },
  { name: 'CloseTime', title: 'Ended', type: 'Datetime' },
];
const STEPS: readonly Comparison[] = [
  { words: 'the step', operator: '=' },
  { words: 'any step', operator: null, alone: 'IS NOT NULL' },
  { words: 'no step', operator: null, alone: 'IS NULL' },
];
const OF_NAME: Readonly<Record<string, readonly Comparison[]>> = {
  SagaFailedAt: STEPS,
  SagaRetriesAt: STEPS,
  SagaWaitsAt: STEPS,
  SagaError: [IS, ...MISSING],
};
export const comparisonsOf = ({ name, type }: Pick<SearchableField, 'name' | 'type'>): readonly Comparison[] =>
  Object.hasOwn(OF_NAME, name) ? OF_NAME[name]! : [...OF_TYPE[type], ...MISSING];

/** [WHR3] Null if the value does not fit the field. */
export function clauseOf(
  { name, type }: SearchableField,
  { operator, alone }: Comparison,
  value: string
): string | null {
  if (operator === null) return `${name} ${alone}`;
  const literal = literalOf(type, value);
  return literal === null ? null : `${name} ${operator} ${literal}`;
}

function literalOf(type: SearchableType, value: string): string | null {
  const typed = value.trim();
  switch (type) {
    case 'Int':
      return /^-?\d{1,15}$/.test(typed) ? typed : null;
    case 'Double':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(typed) ? typed : null;
    case 'Bool':
      return typed === 'true' || typed === 'false' ? typed : null;
    case 'Datetime':
      return Number.isNaN(Date.parse(typed)) ? null : quoted(new Date(typed).toISOString());
    default:
      return typed === '' || typed.includes('\\') ? null : quoted(typed);
  }
}
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** [WHR1] */
export function partsOf(where: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const match of where.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[()]|[A-Za-z_][\w.]*/g)) {
    const word = match[0].toUpperCase();
    if (word === '(') depth++;
    else if (word === ')') depth--;
    // The AND of BETWEEN divides nothing.
    else if (depth === 0 && (word === 'OR' || word === 'BETWEEN' || word === 'NOT')) return one(where);
    else if (depth === 0 && word === 'AND') {
      parts.push(where.slice(from, match.index).trim());
      from = match.index + match[0].length;
    }
  }
  parts.push(where.slice(from).trim());
  return depth === 0 && parts.every((part) => part !== '') ? parts : one(where);
}
const one = (where: string): string[] => (where.trim() === '' ? [] : [where.trim()]);

/** [WHR1] */
export function joined(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? '';
  return parts
    .map((part) => (/\b(OR|NOT|BETWEEN)\b/i.test(part) && !part.startsWith('(') ? `(${part})` : part))
    .join(' AND ');
}

export interface PartWords {
  title: string;
  type: SearchableType;
  comparison: string;
  /** '' if there is none. */
  value: string;
}

/** [WHR4] The whole part in words; null: it is no such part. */
export function attentionWords(part: string): string | null {
  const mark = /^SagaAttention\s*=\s*'((?:[^']|'')*)'$/.exec(part)?.[1];
  if (mark !== undefined) return markWords(mark.replaceAll("''", "'"));
  const stuck = /^TemporalReportedProblems\s*=\s*'cause=WorkflowTaskFailedCause((?:[^']|'')*)'$/.exec(part)?.[1];
  if (stuck !== undefined) return `Stuck: ${stuck}`;
  return part === 'TemporalReportedProblems IS NULL' ? 'Not stuck' : null;
}

/** [WHR2] Null: it is shown as it is. */
export function wordsOf(part: string, fields: readonly SearchableField[]): PartWords | null {
  const match =
    /^`?([A-Za-z]\w*)`?\s*(IS NULL|IS NOT NULL|(=|!=|<=|>=|<|>|STARTS_WITH)\s*('(?:[^']|'')*'|-?[\w.]+))$/i.exec(part);
  const field = fields.find(({ name }) => name === match?.[1]);
  if (!match || !field) return null;
  const [, , alone, operator, literal = ''] = match;
  const comparison = comparisonsOf(field).find((each) =>
    operator === undefined ? each.alone === alone?.toUpperCase() : each.operator === operator.toUpperCase()
  );
  if (!comparison) return null;
  const value = literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;
  return { title: field.title, type: field.type, comparison: comparison.words, value };
}

/** The fields of these flows, each name once, by their titles. */
export function fieldsOfFlows(
  flows: readonly { name: string; searchable: readonly SearchableField[] }[],
  flow: string | null
): SearchableField[] {
  const asked = flows.filter(({ name }) => flow === null || name === flow).flatMap(({ searchable }) => searchable);
  const once = new Map(asked.map((field) => [field.name, field]));
  return [...once.values()].sort((one, other) => byName(one.title, other.title));
}
