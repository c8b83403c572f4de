/**
 * The Temporal service: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the other variables of Temporal's SDKs, also from the
 * file .env, or a profile of temporal.toml. Without any of them, localhost:7233.
 */
import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

if (existsSync('.env')) process.loadEnvFile();

export const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();

export async function connect(): Promise<{ client: Client; connection: Connection }> {
  const connection = await Connection.connect(connectionOptions);
  return { client: new Client({ connection, namespace }), connection };
}
