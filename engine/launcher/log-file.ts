/**
 * The log file of one child process: rotated by size, and robust against errors. A log line is worth less than the
 * product, so a disk that is full or broken loses log lines and has no other effect. Once the file can be written
 * again, it states how many bytes were lost.
 *
 * Invariants:
 * - No error of the file is thrown or emitted: neither at the start, nor at a write, nor at a rotation.
 * - The output of the child is always read, however slow the disk is, because a full pipe would block the event loop
 *   of the child.
 */
import type { Readable, Writable } from 'node:stream';
import path from 'node:path';
import { createStream } from 'rotating-file-stream';

/** The maximum size of a file, and the number of older files that are kept as `<name>.1`, `<name>.2`, … */
const LARGEST = '10M';
const KEPT = 4;
const REOPEN_MS = 5_000;
/** The number of bytes that may wait for a slow disk. More are dropped. */
const WAITING_BYTES = 4 * 1024 * 1024;

export interface LogFileOptions {
  /** Replaces the file, for tests. A write may fail at any time. */
  open?: (file: string) => Writable;
  now?: () => number;
  /** Called once for each outage, with its reason. */
  onLost?: (reason: string) => void;
}

export class LogFile {
  readonly #open: NonNullable<LogFileOptions['open']>;
  readonly #now: () => number;
  #stream: Writable | null = null;
  #openAgainAtMs = -Infinity;
  #lostBytes = 0;
  /** From the first failure until a write succeeds again. */
  #isOut = false;

  constructor(
    readonly file: string,
    private readonly options: LogFileOptions = {}
  ) {
    this.#open = options.open ?? openRotating;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Writes everything that the stream contains, until it ends. */
  take(stream: Readable): void {
    stream.on('data', (chunk: Buffer) => this.write(chunk));
    stream.on('error', () => {});
  }

  write(chunk: Buffer): void {
    const stream = this.#writable();
    if (!stream || stream.writableLength > WAITING_BYTES) {
      this.#lostBytes += chunk.length;
      return;
    }
    if (this.#lostBytes > 0) {
      const lost = this.#lostBytes;
      this.#lostBytes = 0;
      stream.write(Buffer.from(`(${lost} bytes of this log could not be written)\n`), (error) => {
        if (error) this.#lostBytes += lost;
      });
    }
    // The stream reports its failures twice, also to the callback; the callback has the number of lost bytes.
    stream.write(chunk, (error) => {
      if (error) this.#lostBytes += chunk.length;
      else this.#isOut = false;
    });
  }

  /** Resolves when everything that can be written is written. */
  close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    this.#openAgainAtMs = Infinity;
    return stream ? new Promise((resolve) => stream.end(() => resolve())) : Promise.resolve();
  }

  #writable() {
    if (this.#stream || this.#now() < this.#openAgainAtMs) return this.#stream;
    const stream = this.#open(this.file);
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#stream !== stream) return;
      this.#stream = null;
      this.#openAgainAtMs = this.#now() + REOPEN_MS;
      if (!this.#isOut) this.options.onLost?.(error.code ?? error.message);
      this.#isOut = true;
    });
    this.#stream = stream;
    return stream;
  }
}

export function openRotating(file: string): Writable {
  const name = path.basename(file);
  // Older files are numbered; the stream requests the name of the current file without a number.
  const nameOf = (index: number | Date | null) => (typeof index === 'number' ? `${name}.${index}` : name);
  return createStream(nameOf, { path: path.dirname(file), size: LARGEST, rotate: KEPT });
}
