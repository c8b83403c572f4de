/** The Temporal service, from the environment, and from the file .env if there is one. */
import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';

if (existsSync('.env')) process.loadEnvFile();

const { TEMPORAL_ADDRESS: address = 'localhost:7233', TEMPORAL_NAMESPACE = 'default', TEMPORAL_API_KEY } = process.env;

export const namespace = TEMPORAL_NAMESPACE;
export const options = { address, ...(TEMPORAL_API_KEY ? { apiKey: TEMPORAL_API_KEY, tls: true } : {}) };

export async function connect(): Promise<{ client: Client; connection: Connection }> {
  const connection = await Connection.connect(options);
  return { client: new Client({ connection, namespace }), connection };
}
