/** Where the answers of two servers differ. */
import type { Answer, Json } from './wire';

export interface Difference {
  /** Of the answer: 'workflowExecutionInfo.rootExecution.runId'; 'error' and 'detail' of a refusal. */
  path: string;
  recorded: Json | undefined;
  here: Json | undefined;
}

/** The words of an error are not compared: each server has its own. */
export function compare(recorded: Answer, here: Answer): Difference[] {
  if ('ok' in recorded !== 'ok' in here) return [{ path: 'outcome', recorded: outcome(recorded), here: outcome(here) }];
  const [one, other] = [recorded, here].map((answer) =>
    'ok' in answer
      ? answer.ok
      : { error: answer.error, ...(answer.detail === undefined ? {} : { detail: answer.detail }) }
  );
  return [...within(one, other, '')];
}

const outcome = (answer: Answer): string => ('ok' in answer ? 'OK' : `${answer.error}: ${answer.says}`);

function* within(recorded: Json | undefined, here: Json | undefined, path: string): Generator<Difference> {
  if (!isTree(recorded) || !isTree(here) || Array.isArray(recorded) !== Array.isArray(here)) {
    if (JSON.stringify(recorded) !== JSON.stringify(here)) yield { path, recorded, here };
    return;
  }
  const [one, other] = [recorded as Tree, here as Tree];
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
    yield* within(one[key], other[key], path ? `${path}.${key}` : key);
}

type Tree = { [key: string]: Json };
const isTree = (value: Json | undefined): value is Tree | Json[] => typeof value === 'object' && value !== null;
