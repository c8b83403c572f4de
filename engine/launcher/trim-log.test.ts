/** [TL] A log to which another process appends stays small, and loses only old lines. */
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trimLog } from './trim-log';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-trim-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('[TL1] the writer continues at the start of the file, and its old content is in a second file', async () => {
  const file = path.join(folder, 'x.log');
  const writer = await open(file, 'a');
  await writer.write('small');
  await trimLog(file, 10);
  expect(await readFile(file, 'utf8')).toBe('small');
  await writer.write(' and too large');
  await trimLog(file, 10);
  await writer.write('next');
  await writer.close();
  expect(await readFile(file, 'utf8')).toBe('next');
  expect(await readFile(`${file}.1`, 'utf8')).toBe('small and too large');
});

test('[TL2] a missing file is ignored', async () => {
  await trimLog(path.join(folder, 'none.log'));
});
