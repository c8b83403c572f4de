/** Converts the engine's messages about connections to those of the contract. */
import type { ConnectionRow, OperationRow, Recorded } from '@/app/_contract/connections';
import type { StoredMessage } from '@/engine/api/client';
import { readPayload } from '@/engine/flow/values/json';
import type { Problem } from '@/engine/flow/connections/problem';
import type { Connection } from '@/engine/flow/connections/connection';
import type { Operation } from '@/engine/flow/connections/operation';
import { fromEngine, Refusal } from '../failure';

const recorded = (stored: StoredMessage): Recorded => ({
  revision: stored.revision,
  createdBy: stored.createdBy,
  createdMs: stored.createdMs,
  changedBy: stored.changedBy,
  changedMs: stored.changedMs,
  archivedMs: stored.archivedMs || null,
  archivedBy: stored.archivedBy || null,
});

// The engine stored what it had checked.
export const connectionRow = (stored: StoredMessage, operations: number): ConnectionRow => ({
  connection: readPayload(stored.definitionJson) as Connection,
  operations,
  ...recorded(stored),
});
export const operationRow = (stored: StoredMessage): OperationRow => ({
  operation: readPayload(stored.definitionJson) as Operation,
  ...recorded(stored),
});

/** Throws `inputInvalid` with the problems by JSON pointer, below `field`. */
export function invalid(what: string, field: string, problems: readonly Problem[]): never {
  throw new Refusal(
    'inputInvalid',
    `${what} cannot be used: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`,
    problems.map(({ path, message }) => ({ at: `${field}${path.map((part) => `/${part}`).join('')}`, message }))
  );
}

export function changedMeanwhile(names: readonly string[]): never {
  const [first = '', ...more] = names;
  const what = more.length > 0 ? `'${first}' and ${more.length} more were` : `'${first}' was`;
  throw new Refusal('changedMeanwhile', `${what} changed by somebody else in the meantime. Nothing was overwritten.`);
}

const NOT_FOUND = 5;
/** Throws. The engine's NOT_FOUND names a connection or an operation here, never a run. */
export function asked(error: unknown): never {
  const { code, details } = error as { code?: unknown; details?: unknown };
  if (code === NOT_FOUND && typeof details === 'string')
    throw new Refusal('connectionNotFound', details, undefined, { cause: error });
  throw fromEngine(error) ?? error;
}
