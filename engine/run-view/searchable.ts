/** The values of the searchable fields of a run, from its search attributes and from its history. */
import type { FlowDocument } from '../flow/document';
import type { SearchableField } from '../flow/searchable';
import { fieldsOf } from './fields';
import type { RunEvent } from './model';

export type FieldValue = string | number | boolean | string[];

/**
 * A search attribute is one value, or a list with one value that the SDK writes; only a list of keywords stays one.
 * Undefined: it has no value.
 */
export function fieldValue(written: unknown, type: string): FieldValue | undefined {
  const list: unknown[] = Array.isArray(written) ? written : [written];
  const plain = list.filter((each) => ['string', 'number', 'boolean'].includes(typeof each)) as FieldValue[];
  if (type === 'KeywordList') return plain.length === 0 ? undefined : plain.map(String);
  return plain[0];
}

/** What a list knows of the fields of one run. `attributes`: all of its search attributes. */
export function fieldValues(
  fields: readonly Pick<SearchableField, 'name' | 'type'>[],
  attributes: Readonly<Record<string, unknown>>
): Record<string, FieldValue> {
  const values = fields.map(({ name, type }) => [name, fieldValue(attributes[name], type)] as const);
  return Object.fromEntries(values.filter((entry): entry is [string, FieldValue] => entry[1] !== undefined));
}

/** The search attributes of a run as it has written them last. One that it has removed is an empty list. */
export function writtenAttributes(events: readonly RunEvent[]): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const { type, attributes } of events)
    if (type === 'UpsertWorkflowSearchAttributes')
      Object.assign(written, fieldsOf(fieldsOf(attributes.searchAttributes).indexedFields));
  return written;
}

/** The fields of a flow with the values that the run has written last. */
export function fieldsOfRun(
  { searchable = {} }: Pick<FlowDocument, 'searchable'>,
  events: readonly RunEvent[]
): (SearchableField & { value: FieldValue | undefined })[] {
  const written = writtenAttributes(events);
  return Object.entries(searchable).map(([name, { title, type }]) => {
    return { name, title, type, value: fieldValue(written[name], type) };
  });
}
