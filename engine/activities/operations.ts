/**
 * Runs operations of connections: every activity type that is not in the catalogue of the product.
 *
 * Invariants:
 * - What a call does (schemas, mapping, effect) comes from the copy of the revision that scheduled the step. The
 *   address and the secrets are those of the connection now.
 * - A connection that is missing or archived, and a database that cannot be read, are failures of an attempt that sent
 *   nothing. The step is tried again, and continues when the connection is back.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { AttemptInfo } from '../worker/activities/attempt-info';
import type { Connection } from '../flow/connections/connection';
import { activityOf, type FrozenOperation } from '../flow/connections/operation';
import type { CallEnvironment, Progress } from './carrier';
import { carrierOf } from './carriers';
import { ConnectionGuards } from './egress/connection-guards';
import { targetOf } from './http/carrier';
import { failure, invalid } from './http/failure';
import type { ActivityMeta } from './http/keys';
import { notSent } from './http/not-sent';
import type { HttpTarget } from './http/operation';
import { OAuthTokens } from './http/oauth-tokens';

export interface FoundConnection {
  connection: Connection;
  archivedBy: string | null;
}

/** Where the definitions come from. Both reject if they cannot be read now. */
export interface OperationSource {
  /**
   * The copy of one revision of a workflow type; null if that revision calls no such operation. `revision` null: the
   * newest copy.
   */
  frozen(workflowType: string, revision: string | null, activity: string): Promise<FrozenOperation | null>;
  connection(name: string): Promise<FoundConnection | null>;
}

export type OperationEnvironment = Omit<CallEnvironment, 'guards' | 'tokens'>;

export type OperationFunction = (input: unknown, meta?: ActivityMeta) => Promise<unknown>;

export class Operations {
  readonly #environment: CallEnvironment;

  constructor(
    private readonly source: OperationSource,
    environment: OperationEnvironment
  ) {
    const { guard, masking } = environment;
    this.#environment = { ...environment, guards: new ConnectionGuards(guard), tokens: new OAuthTokens(masking) };
  }

  /** The function for an activity type such as 'shop.chargePayment'; undefined for a name of another form. */
  activity(type: string): OperationFunction | undefined {
    if (!/^[a-z][a-z0-9-]*\.[a-z][A-Za-z0-9]*$/.test(type)) return undefined;
    return async (input, meta = {}) => {
      const { operation, connection } = await this.#find(type, meta.madeBy).catch((error: unknown) => {
        throw notSent(asFailure(error, `The operation '${type}'`));
      });
      return this.#attempt(operation, connection, input, meta);
    };
  }

  /** One call, inside the Context of an activity. */
  async call(
    operation: FrozenOperation,
    connection: Connection,
    input: unknown,
    meta: ActivityMeta,
    progress: Progress
  ): Promise<unknown> {
    const { kind } = operation.call;
    if (kind !== connection.kind)
      throw failure(
        'ConnectionChanged',
        false,
        `The connection '${connection.name}' is of the kind '${connection.kind}' now; '${activityOf(operation)}' needs '${kind}'.`
      );
    return carrierOf(kind).call(operation as never, connection as never, this.#environment, input, meta, progress);
  }

  /** For a request that names a connection; null if nobody made one of this name. Rejects with a failure. */
  async httpTarget(name: string): Promise<HttpTarget | null> {
    const found = await this.source.connection(name).catch((error: unknown) => {
      throw asFailure(error, `The connection '${name}'`);
    });
    if (!found) return null;
    const { connection } = found;
    if (found.archivedBy !== null) throw archived(name, found.archivedBy);
    if (connection.kind !== 'http')
      throw invalid(`The connection '${name}' is of the kind '${connection.kind}'. An HTTP request needs one of HTTP.`);
    return targetOf(connection, this.#environment);
  }

  /** 'Test' of a connection. Returns what people read. */
  test(connection: Connection, progress: Progress): Promise<string> {
    return carrierOf(connection.kind).test(connection as never, this.#environment, progress);
  }

  /** Removes secrets from a text that people read. */
  hide(text: string): string {
    return this.#environment.masking.hide(text);
  }

  async #attempt(operation: FrozenOperation, connection: Connection, input: unknown, meta: ActivityMeta) {
    let sent = false;
    try {
      return await this.call(operation, connection, input, meta, { sending: () => (sent = true), received: () => {} });
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      const isProof = !sent || carrierOf(operation.call.kind).refused?.(error) === true;
      throw isProof ? notSent(error) : error;
    }
  }

  /** `madeBy`: the workflow type that published it, if that is not the one of the run. */
  async #find(type: string, madeBy?: string): Promise<{ operation: FrozenOperation; connection: Connection }> {
    const own: AttemptInfo = Context.current().info;
    const workflowType = madeBy ?? own.workflowType ?? '';
    const operation = await this.source.frozen(workflowType, madeBy === undefined ? (own.revision ?? '') : null, type);
    if (!operation)
      throw failure(
        'NotFoundError',
        false,
        `'${workflowType}' was published without the operation '${type}', and no activity has this name.`
      );
    const found = await this.source.connection(operation.connection);
    if (!found)
      throw failure('ConnectionMissing', false, `There is no connection '${operation.connection}' for '${type}'.`);
    if (found.archivedBy !== null) throw archived(operation.connection, found.archivedBy);
    return { operation, connection: found.connection };
  }
}

const archived = (name: string, by: string) =>
  failure(
    'ConnectionArchived',
    false,
    `The connection '${name}' was archived by ${by}. Restore it, and the step goes on.`
  );

/** What is not a failure by itself is a definition that cannot be read now. */
function asFailure(error: unknown, what: string) {
  if (error instanceof ApplicationFailure) return error;
  return failure('ConnectionUnavailable', false, `${what} cannot be read now. It is read again with the next attempt.`);
}
