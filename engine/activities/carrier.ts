/**
 * How the calls of one kind of operation are carried out. Each kind is one folder here with a carrier.ts, and one line
 * in carriers.ts.
 *
 * Rules
 * [CAR1] `sending` is called right before the effect may happen. A failure before that moment proves that this attempt
 *       had no effect, and so does a failure for which `refused` is true.
 * [CAR2] Secrets are read for each call, and are remembered for masking before they are used.
 * [CAR3] Every call has a limit of time and of the size of its answer.
 */
import type { ApplicationFailure } from '@temporalio/common';
import type { ConnectionOf } from '../flow/connections/connection';
import type { Kind } from '../flow/connections/kinds/table';
import type { FrozenOf } from '../flow/connections/operation';
import type { OwnFolder } from './code/own-folder';
import type { ActivityConfig } from './config';
import type { ConnectionGuards } from './egress/connection-guards';
import type { EgressGuard } from './egress/guard';
import type { SecretReader } from './http/input';
import type { ActivityMeta } from './http/keys';
import type { Masking } from './http/masking';
import type { OAuthTokens } from './http/oauth-tokens';

export interface CallEnvironment {
  config: Pick<ActivityConfig, 'connections'>;
  /** Of the whole process: for hosts of connections that are not HTTP. */
  guard: EgressGuard;
  /** For the origins of one connection. */
  guards: ConnectionGuards;
  readSecret: SecretReader;
  masking: Masking;
  tokens: OAuthTokens;
  /** The operator's own folder of activities; absent if there is none. */
  ownCode?: Pick<OwnFolder, 'processFor' | 'readAgain'>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What a call reports while it runs. */
export interface Progress {
  sending(): void;
  /** What was received, before it is compared with what was declared: for 'Send once'. */
  received(answer: { status: number; headers: object; text: string }): void;
}

export interface Carrier<K extends Kind> {
  /**
   * One call, inside the Context of an activity. Rejects with an ApplicationFailure, or with the reason of a
   * cancellation.
   */
  call(
    operation: FrozenOf<K>,
    connection: ConnectionOf<K>,
    environment: CallEnvironment,
    input: unknown,
    meta: ActivityMeta,
    progress: Progress
  ): Promise<unknown>;
  /** True for a failure by which the service says that this attempt did nothing. */
  refused?(failure: ApplicationFailure): boolean;
  /** 'Test' of a connection. Returns what people read. */
  test(connection: ConnectionOf<K>, environment: CallEnvironment, progress: Progress): Promise<string>;
}
