/**
 * [CH] Real processes under a launcher: a child that hangs is replaced, a child that was killed is restarted, and a
 * problem that needs a person is reported.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Child } from './children';
import { LogFile } from './log-file';
import { PROBE_MS, Watchdog } from './watchdog';

/** A role that behaves as its environment specifies, and writes down where it is. */
const ROLE = `
import { appendFileSync, existsSync } from 'node:fs';
import { runRole } from './engine/role';
const { JOURNAL, REFUSE } = process.env;
const times = existsSync(JOURNAL + '.started') ? 2 : 1;
appendFileSync(JOURNAL + '.started', 'x');
void runRole(async () => {
  if (REFUSE === 'port') throw Object.assign(new Error('listen EADDRINUSE: 3000'), { code: 'EADDRINUSE' });
  if (REFUSE === 'database' && times === 1) throw Object.assign(new Error('no database'), { code: 'ECONNREFUSED' });
  if (REFUSE === 'killed' && times === 1) process.kill(process.pid, 'SIGKILL');
  process.on('SIGUSR2', () => { for (;;); });
  return { address: 'here', stop: async () => {} };
});`;

let folder: string;
beforeAll(async () => {
  mkdirSync('.backstitch', { recursive: true });
  folder = mkdtempSync(path.resolve('.backstitch/children-'));
  await build({
    stdin: { contents: ROLE, resolveDir: process.cwd(), loader: 'ts' },
    outfile: path.join(folder, 'role.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open: Child[] = [];
afterEach(async () => {
  for (const child of open.splice(0)) await child.stop();
});

let count = 0;
function setUp(env: Record<string, string> = {}) {
  const said: string[] = [];
  let nowMs = 0;
  const watchdog = new Watchdog(() => nowMs);
  const child = new Child(
    {
      name: 'role',
      file: path.join(folder, 'role.mjs'),
      env: { PATH: process.env.PATH, NODE_ENV: 'test', JOURNAL: path.join(folder, `journal-${++count}`), ...env },
      log: new LogFile(path.join(folder, `role-${count}.log`)),
      watchdog,
    },
    (line) => said.push(line)
  );
  open.push(child);
  const rounds = (times: number) => {
    for (let index = 0; index < times; index++) {
      nowMs += PROBE_MS;
      watchdog.round();
    }
  };
  return { child, said, rounds };
}
const LIMIT = { timeout: 20_000 };

test.each(['SIGSTOP', 'SIGUSR2'] as const)('[CH1] a process that does not answer is replaced: %s', async (how) => {
  const { child, said, rounds } = setUp();
  expect(await child.start()).toBe('here');
  const before = child.pid ?? 0;
  process.kill(before, how);
  rounds(4);
  await expect.poll(() => said, LIMIT).toContain('role serves again');
  expect(said[0]).toBe('role no longer answers; killing it');
  expect(child.pid).not.toBe(before);
  expect(() => process.kill(before, 0)).toThrow(/ESRCH/);
});

test('[CH2] a healthy process answers and is not killed', async () => {
  const { child, said, rounds } = setUp();
  await child.start();
  const before = child.pid;
  for (let round = 0; round < 8; round++) {
    rounds(1);
    // The child answers the questions in order, so an answer to the second question proves that the first one was
    // answered.
    await new Promise<void>((resolve) => child.ask(resolve));
  }
  expect([said, child.pid]).toEqual([[], before]);
});

test('[CH3] a process that is killed during the first start is restarted, and the start succeeds', async () => {
  const { child, said } = setUp({ REFUSE: 'killed' });
  expect(await child.start()).toBe('here');
  expect(said).toEqual(['role was killed (SIGKILL); it is started again']);
});

test('[CH4] the first start waits for a database that is away', async () => {
  const { child, said } = setUp({ REFUSE: 'database' });
  expect(await child.start()).toBe('here');
  expect(said).toEqual(['role ended (exit 1) (no database); it is started again']);
});

test('[CH5] an error that needs a person ends the first start with its own message', async () => {
  const { child } = setUp({ REFUSE: 'port' });
  await expect(child.start()).rejects.toThrow('listen EADDRINUSE: 3000');
});

test('[CH6] a program that cannot run is given up after some attempts', async () => {
  const { child, said } = setUp();
  writeFileSync(path.join(folder, 'broken.mjs'), 'process.exit(3);');
  (child.spec as { file: string }).file = path.join(folder, 'broken.mjs');
  await expect(child.start()).rejects.toThrow(/role ended \(exit 3\); see .*\.log/);
  expect(said.length).toBeGreaterThan(1);
}, 60_000);

test('[CH7] a process that does not answer does not delay a stop', async () => {
  const { child } = setUp();
  await child.start();
  process.kill(child.pid ?? 0, 'SIGSTOP');
  const from = performance.now();
  await child.stop();
  // A process that answers and does not end is killed after 12 s.
  expect(performance.now() - from).toBeLessThan(11_000);
  expect(child.pid).toBeUndefined();
});
