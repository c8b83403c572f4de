/** Plays all scenarios, one after the other, on a server that has just been started. */
import { setTimeout as sleep } from 'node:timers/promises';
import { temporal } from '../proto';
import { play } from './play';
import { NAMESPACE, type Scenario } from './scenario';
import type { Answer, Wire } from './wire';

const { IndexedValueType: Type } = temporal.api.enums.v1;

/** One search attribute of each type, as those of the examples of a Temporal server. */
export const ATTRIBUTES = {
  CustomTextField: Type.INDEXED_VALUE_TYPE_TEXT,
  CustomKeywordField: Type.INDEXED_VALUE_TYPE_KEYWORD,
  CustomIntField: Type.INDEXED_VALUE_TYPE_INT,
  CustomDoubleField: Type.INDEXED_VALUE_TYPE_DOUBLE,
  CustomBoolField: Type.INDEXED_VALUE_TYPE_BOOL,
  CustomDatetimeField: Type.INDEXED_VALUE_TYPE_DATETIME,
  CustomKeywordListField: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

export type Answers = Record<string, (Answer | null)[]>;

export async function playAll(wire: Wire, scenarios: readonly Scenario[]): Promise<Answers> {
  const answers: Answers = {};
  for (const scenario of scenarios) answers[scenario.name] = await play(wire, scenario);
  return answers;
}

/** Adds the search attributes, and waits until starts can use them: a Temporal server reads them again now and then. */
export async function prepare(wire: Wire): Promise<void> {
  const added = await wire.call('AddSearchAttributes', { namespace: NAMESPACE, searchAttributes: ATTRIBUTES });
  if ('error' in added) throw new Error(`the search attributes were not added: ${added.says}`);
  for (;;) {
    const counted = await wire.call('CountWorkflowExecutions', {
      namespace: NAMESPACE,
      query: Object.keys(ATTRIBUTES)
        .map((name) => `${name} IS NULL`)
        .join(' AND '),
    });
    if ('ok' in counted) return;
    await sleep(100);
  }
}
