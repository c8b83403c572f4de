/**
 * Limits the size of a log that another process writes and never reopens: the content is copied to a second file,
 * then the log is truncated. The writer appends (O_APPEND), so it continues at the new end. A line that is written
 * between the two steps is lost.
 */
import { copyFile, stat, truncate } from 'node:fs/promises';

const LARGEST_BYTES = 10 * 1024 * 1024;

/**
 * Has no effect on a small or a missing file. Never throws: on a full disk the copy is left out, which frees space.
 */
export async function trimLog(file: string, largestBytes = LARGEST_BYTES): Promise<void> {
  const size = await stat(file).then(
    (info) => info.size,
    () => 0
  );
  if (size <= largestBytes) return;
  await copyFile(file, `${file}.1`).catch(() => {});
  await truncate(file).catch(() => {});
}
