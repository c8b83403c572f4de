/** [LF] Errors of a log file's disk do not end any process. */
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogFile, openRotating } from './log-file';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-logs-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A disk that is full until there is room again. */
class Disk {
  full = false;
  text = '';
  opened = 0;
  open = () => {
    this.opened += 1;
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (this.full) return done(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
        this.text += chunk.toString();
        done();
      },
    });
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('[LF1] a full disk loses lines and is reported once; later the log names the number of lost lines', async () => {
  const disk = new Disk();
  const reasons: string[] = [];
  let nowMs = 0;
  const log = new LogFile('x.log', { open: disk.open, now: () => nowMs, onLost: (reason) => reasons.push(reason) });
  log.write(Buffer.from('one\n'));
  await settled();
  disk.full = true;
  log.write(Buffer.from('lost\n'));
  await settled();
  log.write(Buffer.from('lost too\n'));
  await settled();
  expect(reasons).toEqual(['ENOSPC']);
  expect(disk.opened).toBe(1);
  nowMs += 5_000;
  log.write(Buffer.from('and this\n'));
  await settled();
  expect([disk.opened, reasons]).toEqual([2, ['ENOSPC']]);
  disk.full = false;
  nowMs += 5_000;
  log.write(Buffer.from('two\n'));
  await log.close();
  expect(disk.text).toBe('one\n(23 bytes of this log could not be written)\ntwo\n');
});

test('[LF2] a disk that does not write does not block the child, and memory stays bounded', async () => {
  const written: number[] = [];
  const stuck = () => new Writable({ write: (chunk: Buffer) => void written.push(chunk.length) });
  const log = new LogFile('x.log', { open: stuck });
  const child = new PassThrough();
  log.take(child);
  for (let index = 0; index < 200; index++) child.write(Buffer.alloc(64 * 1024));
  await settled();
  expect(child.readableLength).toBe(0);
  expect(written).toEqual([64 * 1024]);
});

test('[LF3] the file is rotated by size, and only four older ones are kept', async () => {
  let stream: Writable | null = null;
  const log = new LogFile(path.join(folder, 'web.log'), { open: (file) => (stream = openRotating(file)) });
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let index = 0; index < 65; index++) {
    log.write(chunk);
    // Nothing is lost, however slow the disk is.
    await once(stream!, 'drain');
  }
  await log.close();
  const names = (await readdir(folder)).sort();
  expect(names).toEqual(['web.log', 'web.log.1', 'web.log.2', 'web.log.3', 'web.log.4']);
  expect((await stat(path.join(folder, 'web.log.1'))).size).toBe(10 * 1024 * 1024);
  expect(await readFile(path.join(folder, 'web.log'), 'utf8')).toMatch(/^x*$/);
});

test('[LF4] a folder that cannot be written to ends no process', async () => {
  const reasons: string[] = [];
  await writeFile(path.join(folder, 'no-folder'), '');
  const log = new LogFile(path.join(folder, 'no-folder', 'web.log'), { onLost: (reason) => reasons.push(reason) });
  log.write(Buffer.from('one\n'));
  await expect.poll(() => reasons).toHaveLength(1);
  log.write(Buffer.from('two\n'));
  await log.close();
});
