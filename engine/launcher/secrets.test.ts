/** [SE] Secrets of an installation: created once, never changed, readable only by their user. */
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { engineKeys, installationSecrets, keyDigest, localEnv, writePrivate } from './secrets';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));
const modeOf = async (file: string) => (await stat(path.join(folder, file))).mode & 0o777;

test('[SE1] the second start reads the secrets that the first one made', async () => {
  const first = await installationSecrets(folder);
  expect(await installationSecrets(folder)).toEqual(first);
  expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
  expect(await modeOf('secrets.json')).toBe(0o600);
});

test('[SE2] a file of an earlier version keeps its secrets and gets the new one', async () => {
  const old = { internalToken: 'a', authSecret: 'b', webKey: 'c' };
  await writeFile(path.join(folder, 'secrets.json'), JSON.stringify(old));
  const secrets = await installationSecrets(folder);
  expect(secrets).toMatchObject(old);
  expect(secrets.localKey).toMatch(/^[\w-]{43}$/);
  expect(await installationSecrets(folder)).toEqual(secrets);
});

test('[SE3] local.env is private, even if it replaces a file that everybody could read', async () => {
  const secrets = await installationSecrets(folder);
  await writeFile(path.join(folder, 'local.env'), '');
  await chmod(path.join(folder, 'local.env'), 0o666);
  await writePrivate(path.join(folder, 'local.env'), localEnv('127.0.0.1:7233', 'default', secrets));
  expect(await modeOf('local.env')).toBe(0o600);
  const lines = (await readFile(path.join(folder, 'local.env'), 'utf8')).split('\n');
  expect(lines).toContain('export TEMPORAL_ADDRESS=127.0.0.1:7233');
  expect(lines).toContain(`export TEMPORAL_API_KEY=${secrets.localKey}`);
  expect(lines).toContain('export TEMPORAL_TLS=false');
});

test('[SE4] the engine gets only digests of keys, including keys that an operator configured', async () => {
  const secrets = await installationSecrets(folder);
  const operators = JSON.stringify([{ name: 'ci', role: 'operate', sha256: keyDigest('ci') }]);
  const text = engineKeys(secrets, secrets.webKey, operators);
  expect((JSON.parse(text) as { name: string }[]).map(({ name }) => name)).toEqual(['ci', 'web', 'local.env']);
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
});
