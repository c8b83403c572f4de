/** Secrets that an installation makes for itself at its first start: one file, readable by its user alone. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface InstallationSecrets {
  /** Worker → web calls. */
  internalToken: string;
  /** Signs browser sessions. */
  authSecret: string;
  /** The web's bearer key at the engine's door. */
  webKey: string;
}

export async function installationSecrets(dataDir: string): Promise<InstallationSecrets> {
  const file = path.join(dataDir, 'secrets.json');
  const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (stored !== null) return JSON.parse(stored) as InstallationSecrets;
  const make = () => randomBytes(32).toString('base64url');
  const secrets = { internalToken: make(), authSecret: make(), webKey: make() };
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, JSON.stringify(secrets, null, 2), { mode: 0o600, flag: 'wx' });
  return secrets;
}

/** The engine keeps digests of keys, never keys. */
export function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
