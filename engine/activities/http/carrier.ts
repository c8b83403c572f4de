/** HTTP operations: the address of the connection, its guard, and the call. */
import type { ConnectionOf } from '../../flow/connections/connection';
import type { Place } from '../../flow/connections/http';
import type { FrozenOf } from '../../flow/connections/operation';
import type { CallEnvironment, Carrier } from '../carrier';
import type { ActivityConfig } from '../config';
import { originsOf } from './authenticated';
import { failure } from './failure';
import { exchangeOnce, type HttpTarget } from './operation';

export const http: Carrier<'http'> = {
  async call(operation, connection, environment, input, meta, progress) {
    const target = targetOf(connection, environment);
    const { received, output } = await exchangeOnce(operation, target, input, meta, () => progress.sending());
    progress.received(received);
    return output();
  },
  async test(connection, environment, progress) {
    const { testPath } = connection.settings;
    const operation: FrozenOf<'http'> = {
      connection: connection.name,
      name: 'test',
      title: 'Test',
      call: {
        kind: 'http',
        method: 'GET',
        path: testPath.replace(/[{}]/g, '$&$&'),
        query: {},
        headers: {},
        body: 'none',
        answer: 'full',
        idempotencyHeader: '',
      },
      input: { type: 'object' },
      output: {},
      effect: 'none',
      options: {},
    };
    await http.call(operation, connection, environment, {}, { idempotencyKey: 'test', hasEffect: false }, progress);
    return '';
  },
};

/** Throws an ApplicationFailure for an address that cannot be used. */
export function targetOf(connection: ConnectionOf<'http'>, environment: CallEnvironment): HttpTarget {
  const { settings } = connection;
  const address = addressOf(connection, environment.config);
  const origins = originsOf(address, settings.auth);
  return { ...environment, address, settings, guard: environment.guards.of(connection, origins) };
}

/** Throws an ApplicationFailure if the configuration has no such address. */
export function addressOf(
  { name, settings }: { name: string; settings: { address: Place } },
  config: Pick<ActivityConfig, 'connections'>
): URL {
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
