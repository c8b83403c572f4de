/**
 * Runs operations of connections: every activity type that is not in the catalogue of the product.
 *
 * Invariants:
 * - What a call does (schemas, mapping, effect) comes from the copy with which the run's version was published. The
 *   address and the secrets are those of the connection now.
 * - A connection that is missing or archived, and a database that cannot be read, are failures of an attempt that sent
 *   nothing. The step is tried again, and continues when the connection is back.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Connection, ConnectionOf } from '../flow/connections/connection';
import { activityOf, type FrozenOf, type FrozenOperation } from '../flow/connections/operation';
import { parseOrigin, type ActivityConfig } from './config';
import type { EgressGuard } from './egress/guard';
import { failure } from './http/failure';
import type { SecretReader } from './http/input';
import type { ActivityMeta } from './http/keys';
import type { Masking } from './http/masking';
import { notSent } from './http/not-sent';
import { OAuthTokens } from './http/oauth-tokens';
import { httpOperation, type HttpTarget } from './http/operation';
import { mailOperation, type MailTarget } from './mail/operation';
import { sqlOperation, type SqlTarget } from './sql/operation';

export interface FoundConnection {
  connection: Connection;
  archivedBy: string | null;
}

/** Where the definitions come from. Both reject if they cannot be read now. */
export interface OperationSource {
  /** The copy for runs of a workflow type; null if its version calls no such operation. */
  frozen(workflowType: string, activity: string): Promise<FrozenOperation | null>;
  connection(name: string): Promise<FoundConnection | null>;
}

export interface OperationEnvironment {
  config: Pick<ActivityConfig, 'connections'>;
  guard: EgressGuard;
  readSecret: SecretReader;
  masking: Masking;
  now: () => number;
}

export type OperationFunction = (input: unknown, meta?: ActivityMeta) => Promise<unknown>;

export class Operations {
  readonly #tokens: OAuthTokens;
  /** The guard of each connection, as long as the connection does not change. */
  readonly #guards = new Map<string, { definition: string; guard: EgressGuard }>();

  constructor(
    private readonly source: OperationSource,
    private readonly environment: OperationEnvironment
  ) {
    this.#tokens = new OAuthTokens(environment.masking);
  }

  /** The function for an activity type such as 'shop.chargePayment'; undefined for a name of another form. */
  activity(type: string): OperationFunction | undefined {
    if (!/^[a-z][a-z0-9-]*\.[a-z][A-Za-z0-9]*$/.test(type)) return undefined;
    return async (input, meta = {}) => {
      const { operation, connection } = await this.#find(type).catch((error: unknown) => {
        throw notSent(asFailure(error, `The operation '${type}'`));
      });
      return this.carryOut(operation, connection, input, meta);
    };
  }

  /** One call, inside the Context of an activity. */
  async carryOut(operation: FrozenOperation, connection: Connection, input: unknown, meta: ActivityMeta) {
    if (isHttp(operation) && connection.kind === 'http')
      return httpOperation(operation, await this.#target(connection), input, meta);
    if (isSql(operation) && connection.kind === 'sql')
      return sqlOperation(operation, this.#around(connection.settings), input, meta);
    if (isMail(operation) && connection.kind === 'mail')
      return mailOperation(operation, this.#around(connection.settings), input, meta);
    throw notSent(
      failure(
        'ConnectionChanged',
        false,
        `The connection '${operation.connection}' is of the kind '${connection.kind}' now; '${activityOf(operation)}' needs '${operation.call.kind}'.`
      )
    );
  }

  sqlTarget({ settings }: ConnectionOf<'sql'>): SqlTarget {
    return this.#around(settings);
  }

  mailTarget({ settings }: ConnectionOf<'mail'>): MailTarget {
    return this.#around(settings);
  }

  #around<Settings>(settings: Settings) {
    const { guard, readSecret, masking } = this.environment;
    return { settings, guard, readSecret, masking };
  }

  /** Throws an ApplicationFailure for an address that cannot be used. */
  target(connection: ConnectionOf<'http'>): HttpTarget {
    const { settings } = connection;
    const address = addressOf(connection, this.environment.config);
    const { readSecret, masking, now } = this.environment;
    return {
      address,
      settings,
      guard: this.#guardOf(connection, address),
      readSecret,
      masking,
      tokens: this.#tokens,
      now,
    };
  }

  async #target(connection: ConnectionOf<'http'>): Promise<HttpTarget> {
    try {
      return this.target(connection);
    } catch (error) {
      throw notSent(asFailure(error, `The connection '${connection.name}'`));
    }
  }

  async #find(type: string): Promise<{ operation: FrozenOperation; connection: Connection }> {
    const { workflowType = '' } = Context.current().info;
    const operation = await this.source.frozen(workflowType, type);
    if (!operation)
      throw failure(
        'NotFoundError',
        false,
        `'${workflowType}' was published without the operation '${type}', and no activity has this name.`
      );
    const found = await this.source.connection(operation.connection);
    if (!found)
      throw failure('ConnectionMissing', false, `There is no connection '${operation.connection}' for '${type}'.`);
    if (found.archivedBy !== null)
      throw failure(
        'ConnectionArchived',
        false,
        `The connection '${operation.connection}' was archived by ${found.archivedBy}. Restore it, and the step goes on.`
      );
    return { operation, connection: found.connection };
  }

  #guardOf({ name, settings, allow }: ConnectionOf<'http'>, address: URL): EgressGuard {
    const { auth } = settings;
    const origins = [address.origin, ...(auth.kind === 'oauth2' ? [new URL(auth.tokenUrl).origin] : [])];
    const definition = JSON.stringify([origins, allow]);
    const kept = this.#guards.get(name);
    if (kept?.definition === definition) return kept.guard;
    const guard = this.environment.guard.forConnection(origins, allow.map(parseOrigin));
    this.#guards.set(name, { definition, guard });
    return guard;
  }
}

export const isHttp = (operation: FrozenOperation): operation is FrozenOf<'http'> => operation.call.kind === 'http';
export const isMail = (operation: FrozenOperation): operation is FrozenOf<'mail'> => operation.call.kind === 'mail';
export const isSql = (operation: FrozenOperation): operation is FrozenOf<'sql'> => operation.call.kind === 'sql';

function addressOf({ name, settings }: ConnectionOf<'http'>, config: Pick<ActivityConfig, 'connections'>): URL {
  if (typeof settings.address === 'string') return new URL(settings.address);
  const { environment } = settings.address;
  const address = config.connections.get(environment);
  if (!address)
    throw failure(
      'ConnectionMissing',
      false,
      `The connection '${name}' has the address of '${environment}' in BACKSTITCH_CONNECTIONS, which has no such entry.`
    );
  return address;
}

/** What is not a failure by itself is a definition that cannot be read now. */
function asFailure(error: unknown, what: string) {
  if (error instanceof ApplicationFailure) return error;
  return failure('ConnectionUnavailable', false, `${what} cannot be read now. It is read again with the next attempt.`);
}
