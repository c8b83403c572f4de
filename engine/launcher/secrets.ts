/**
 * Secrets that an installation creates at its first start: one file, readable only by its user. A secret that a newer
 * version of this program needs is added. An existing secret is never changed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface InstallationSecrets {
  /** For calls from the worker to the web. */
  internalToken: string;
  /** Signs browser sessions. */
  authSecret: string;
  /** The bearer key with which the web calls the engine. */
  webKey: string;
  /** The bearer key in `local.env`, for every user who may read this folder. */
  localKey: string;
}

const NAMES: readonly (keyof InstallationSecrets)[] = ['internalToken', 'authSecret', 'webKey', 'localKey'];

export async function installationSecrets(dataDir: string): Promise<InstallationSecrets> {
  const file = path.join(dataDir, 'secrets.json');
  const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const known = JSON.parse(stored) as Partial<InstallationSecrets>;
  const made = NAMES.map((name) => [name, known[name] ?? randomBytes(32).toString('base64url')] as const);
  const secrets = { ...known, ...Object.fromEntries(made) } as InstallationSecrets;
  if (NAMES.some((name) => known[name] === undefined))
    await writePrivate(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/** Mode 0600; written completely or not at all. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, file);
}

/** The engine stores digests of keys, and never the keys. */
export function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * BACKSTITCH_KEYS: first the keys that an operator set, then those of the product's own processes and of `local.env`.
 */
export function engineKeys(secrets: InstallationSecrets, webKey: string, operators: string | undefined): string {
  const own = [
    { name: 'web', role: 'web', sha256: keyDigest(webKey) },
    { name: 'local.env', role: 'owner', sha256: keyDigest(secrets.localKey) },
  ];
  return JSON.stringify([...(operators ? (JSON.parse(operators) as unknown[]) : []), ...own]);
}

/**
 * The file that a shell reads so that the official clients and the CLI of this machine have the address of the engine
 * and a key. With an API key, these clients use TLS unless it is switched off; the engine's server on loopback has no
 * TLS.
 */
export function localEnv(address: string, namespace: string, secrets: InstallationSecrets): string {
  return [
    '# For clients on this machine. Everybody who can read this file has all permissions of its key.',
    `export TEMPORAL_ADDRESS=${address}`,
    `export TEMPORAL_NAMESPACE=${namespace}`,
    `export TEMPORAL_API_KEY=${secrets.localKey}`,
    'export TEMPORAL_TLS=false',
    '',
  ].join('\n');
}
