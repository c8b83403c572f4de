import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './folder-lock';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('[L1] a second launcher on the same folder is told who has it', async () => {
  const release = await lockFolder(folder);
  await expect(lockFolder(path.join(folder, '.'))).rejects.toThrow(`process ${process.pid}`);
  await release();
});
test('[L2] the folder is free again after its launcher, and another folder is never taken', async () => {
  const release = await lockFolder(folder);
  await (
    await lockFolder(path.join(folder, 'other'))
  )();
  await release();
  await (
    await lockFolder(folder)
  )();
});
