/**
 * The problems of an operation that its schema does not find: what it reads, where it leads, and what it names. Pure;
 * the form and the server use it. What is particular to a kind is in kinds.
 *
 * Rules
 * [OC4] Undo and look-up are operations of the same connection. Only a reversible effect has an undo, and a look-up
 *       answers { applied }.
 * [OC5] Values can be checked against both schemas.
 */
import { schemaProblems } from '../schema/problems';
import type { Connection } from './connection';
import { factsAtRunTime } from './kinds/table';
import { outputOf, type Operation } from './operation';
import type { Problem, Report } from './problem';

/** `siblings`: the operations of the connection by name, this one included. */
export function operationProblems(
  operation: Operation,
  connection: Connection,
  siblings: ReadonlyMap<string, Pick<Operation, 'call' | 'output'>>
): Problem[] {
  const found: Problem[] = [];
  const report = (path: (string | number)[], message: string) => void found.push({ path, message });
  const { call, effect } = operation;
  const { check, effects } = factsAtRunTime(connection.kind);
  if (call.kind !== connection.kind) report(['call', 'kind'], `The connection is of the kind '${connection.kind}'.`);
  else check(call as never, operation, connection.settings as never, report);
  if (effects && !effects.includes(effect))
    report(['effect'], `An operation of the kind '${connection.kind}' has no effect of its own.`);
  checkRelated(operation, siblings, report);
  for (const field of ['input', 'output'] as const)
    for (const { path, message, fix } of schemaProblems(operation[field]))
      report([field, ...path], `${message} ${fix}`);
  return found;
}

function checkRelated(
  { name, effect, undo, lookup }: Operation,
  siblings: ReadonlyMap<string, Pick<Operation, 'call' | 'output'>>,
  report: Report
): void {
  if (undo) {
    if (effect !== 'reversible') report(['undo'], 'Only a reversible effect has an undo.');
    if (undo.operation === name) report(['undo', 'operation'], 'An operation cannot undo itself.');
    else if (!siblings.has(undo.operation))
      report(['undo', 'operation'], `The connection has no operation '${undo.operation}'.`);
  }
  if (!lookup) return;
  if (effect === 'none') report(['lookup'], 'Without an effect there is nothing to look up.');
  const target = siblings.get(lookup.operation);
  if (!target) report(['lookup', 'operation'], `The connection has no operation '${lookup.operation}'.`);
  else if (!answersApplied(target))
    report(
      ['lookup', 'operation'],
      `'${lookup.operation}' does not answer { applied }. Change its answer to 'look-up'.`
    );
}

/** True if the output of a step says whether something happened: { applied: boolean, output? }. */
export function answersApplied(operation: Pick<Operation, 'call' | 'output'>): boolean {
  return outputOf(operation).properties?.applied?.type === 'boolean';
}
