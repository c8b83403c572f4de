/** For tests: an operation of any kind, carried out as a step does it, with a connection that is not stored. */
import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Connection } from '../../flow/connections/connection';
import type { FrozenOperation } from '../../flow/connections/operation';
import type { CallEnvironment } from '../carrier';
import { EgressGuard } from '../egress/guard';
import type { ActivityMeta } from '../http/keys';
import { Masking } from '../http/masking';
import { Operations } from '../operations';
import { startActivity, type TestActivity } from './context';

export interface Called {
  connection: Connection;
  operation: FrozenOperation;
  input?: unknown;
  /** By name; null: there is none. */
  secrets?: Readonly<Record<string, string>>;
  meta?: ActivityMeta;
  info?: Partial<Info>;
  now?: () => number;
  ownCode?: CallEnvironment['ownCode'];
}

export function startOperation(called: Called): TestActivity<unknown> {
  const { connection, operation, input = {}, secrets = {}, meta, info, now = () => 0, ownCode } = called;
  const operations = new Operations(
    { frozen: async () => operation, connection: async () => ({ connection, archivedBy: null }) },
    {
      config: { connections: new Map() },
      guard: new EgressGuard({ connections: new Map(), allow: [] }),
      readSecret: async (name) => secrets[name] ?? null,
      masking: new Masking(),
      now,
      ownCode,
    }
  );
  const activity = operations.activity(`${operation.connection}.${operation.name}`)!;
  return startActivity(() => activity(input, meta ?? { idempotencyKey: 'key-1' }), info);
}

export const callOperation = (called: Called): Promise<unknown> => startOperation(called).result;

/** The failure of a call that must fail. */
export async function failureOf(called: Called): Promise<ApplicationFailure> {
  const failure = await callOperation(called).then(
    (value) => value,
    (error: unknown) => error
  );
  if (!(failure instanceof ApplicationFailure)) throw new Error(`expected a failure, got ${JSON.stringify(failure)}`);
  return failure;
}
