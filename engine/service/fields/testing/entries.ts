/** The table of fields as a list. */
import type { Field, Type } from 'protobufjs';
import { isFate, type Fate, type Fields } from '../fate';
import { messageTypeOf, protocolName, requestTypeOf } from '../reflect';
import { REQUESTS } from '../table';

export interface Entry {
  /** E.g. 'SignalWorkflowExecution workflow_execution.run_id'. */
  name: string;
  method: string;
  path: readonly Field[];
  fate: Fate;
}

function entriesIn(method: string, type: Type, fields: Fields, at: readonly Field[] = []): Entry[] {
  return type.fieldsArray.flatMap((field) => {
    const entry = fields[field.name];
    const path = [...at, field];
    if (!entry) return [];
    if (!isFate(entry)) return entriesIn(method, messageTypeOf(field)!, entry, path);
    return [{ name: `${method} ${protocolName(path.map(({ name }) => name))}`, method, path, fate: entry }];
  });
}

export const entries = Object.entries(REQUESTS).flatMap(([method, fields]) =>
  entriesIn(method, requestTypeOf(method), fields)
);
