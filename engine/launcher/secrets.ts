/**
 * Secrets that an installation makes for itself at its first start: one file, readable by its user alone. A secret that a newer
 * version of this program needs is added; none that is there is ever changed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface InstallationSecrets {
  /** Worker → web calls. */
  internalToken: string;
  /** Signs browser sessions. */
  authSecret: string;
  /** The web's bearer key at the engine's door. */
  webKey: string;
  /** The bearer key in `local.env`, of whoever may read this folder. */
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

/** Mode 0600, written whole or not at all. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, file);
}

/** The engine keeps digests of keys, never keys. */
export function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** BACKSTITCH_KEYS: the keys of the product's own processes and of `local.env`, after those that an operator set. */
export function engineKeys(secrets: InstallationSecrets, webKey: string, operators: string | undefined): string {
  const own = [
    { name: 'web', role: 'web', sha256: keyDigest(webKey) },
    { name: 'local.env', role: 'owner', sha256: keyDigest(secrets.localKey) },
  ];
  return JSON.stringify([...(operators ? (JSON.parse(operators) as unknown[]) : []), ...own]);
}

/**
 * The file that a shell reads so that the official clients and the CLI of this machine find the engine and have a key. An API key
 * makes these clients use TLS unless they are told not to; the engine's door on loopback has none.
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
