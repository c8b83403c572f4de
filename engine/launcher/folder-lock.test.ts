import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder, useBuild, usersOfBuild } from './folder-lock';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('[LFL1] a second launcher on the same folder is refused with the id of the first one', async () => {
  const release = await lockFolder(folder);
  await expect(lockFolder(path.join(folder, '.'))).rejects.toThrow(`process ${process.pid}`);
  await release();
});
test('[LFL2] a folder is free after its launcher has ended, and another folder is always free', async () => {
  const release = await lockFolder(folder);
  await (
    await lockFolder(path.join(folder, 'other'))
  )();
  await release();
  await (
    await lockFolder(folder)
  )();
});
test('[LFL3] a suspended launcher keeps its folder, and a second one is refused without waiting', async () => {
  const program = `
    const { createServer } = require('node:net');
    createServer(() => {}).listen(process.argv[1], () => { console.log('up'); for (;;); });`;
  const release = await lockFolder(folder);
  await release();
  const name = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 12);
  const socket = path.join(tmpdir(), `backstitch-${process.getuid?.() ?? 0}-${name}.lock`);
  const holder = spawn(process.execPath, ['-e', program, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  await expect(lockFolder(folder)).rejects.toThrow('does not answer');
  holder.kill('SIGKILL');
  await rm(socket, { force: true });
});

test('[LFL4] a build is used by the processes that say so until they end, however they end', async () => {
  const program = `
    import { useBuild } from ${JSON.stringify(new URL('./folder-lock.ts', import.meta.url).href)};
    await useBuild(process.argv[1]);
    console.log('up');
    setInterval(() => {}, 1_000);`;
  const user = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => user.stdout.once('data', resolve));
  const leave = await useBuild(folder);
  expect(await usersOfBuild(folder)).toEqual([String(user.pid)]);
  const gone = new Promise((resolve) => user.once('exit', resolve));
  user.kill('SIGKILL');
  await gone;
  expect(await usersOfBuild(folder)).toEqual([]);
  await leave();
});
