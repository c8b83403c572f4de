/** [CE] Each child process receives the variables that it reads, and no secret of another process. */
import { expect, test } from 'vitest';
import { environmentOf, type RoleName } from './child-env';
import { readOwnCode } from './own-code';

const env: NodeJS.ProcessEnv = {
  NODE_ENV: 'production',
  PATH: '/bin',
  DATABASE_URL: 'postgresql://x',
  PGSSLMODE: 'require',
  PORT: '3000',
  BACKSTITCH_KEYS: 'digests',
  BACKSTITCH_KEY: 'the web',
  BACKSTITCH_INTERNAL_TOKEN: 'token',
  BETTER_AUTH_SECRET: 'sessions',
  REDIS_URL: 'redis://:password@x',
  BACKSTITCH_SMTP_PASSWORD: 'mail',
  BACKSTITCH_SHOP_PORT: '3100',
  AWS_SECRET_ACCESS_KEY: 'somebody else',
  GITHUB_TOKEN: 'somebody else',
};
const secretsOf = (role: RoleName) =>
  Object.keys(environmentOf(role, env)).filter((name) => /KEY|TOKEN|SECRET|PASSWORD|REDIS/.test(name));

test('[CE1] each process gets only the secrets that it needs, and none of the shell', () => {
  expect(secretsOf('engine')).toEqual(['BACKSTITCH_KEYS', 'BACKSTITCH_INTERNAL_TOKEN']);
  expect(secretsOf('web')).toEqual([
    'BACKSTITCH_KEY',
    'BACKSTITCH_INTERNAL_TOKEN',
    'BETTER_AUTH_SECRET',
    'REDIS_URL',
    'BACKSTITCH_SMTP_PASSWORD',
  ]);
  expect(secretsOf('shop')).toEqual([]);
});

test("[CE1] variables for the operator's own code reach the engine alone, and none of the product can be among them", () => {
  const named = { ...env, BACKSTITCH_ACTIVITIES: '/srv/code', BACKSTITCH_ACTIVITIES_ENV: 'GITHUB_TOKEN, MISSING' };
  expect(environmentOf('engine', named)).toMatchObject({ GITHUB_TOKEN: 'somebody else' });
  for (const role of ['web', 'shop'] as const) expect(environmentOf(role, named)).not.toHaveProperty('GITHUB_TOKEN');
  const own = readOwnCode(environmentOf('engine', named));
  expect(own).toEqual({
    folder: '/srv/code',
    memoryMb: 512,
    env: { NODE_ENV: 'production', PATH: '/bin', GITHUB_TOKEN: 'somebody else' },
  });
  expect(readOwnCode(env)).toBeUndefined();
  for (const name of ['BACKSTITCH_KEYS', 'DATABASE_URL', 'PGPASSWORD'])
    expect(() => readOwnCode({ ...named, BACKSTITCH_ACTIVITIES_ENV: name })).toThrow(/variable of the product/);
});

test('[CE2] every process gets the system variables and the database', () => {
  for (const role of ['engine', 'web', 'shop'] as const)
    expect(environmentOf(role, env)).toMatchObject({
      NODE_ENV: 'production',
      PATH: '/bin',
      DATABASE_URL: 'postgresql://x',
      PGSSLMODE: 'require',
    });
});
