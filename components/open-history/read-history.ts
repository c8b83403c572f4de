/**
 * Reads the text of a history in the browser, in a worker: the page answers meanwhile, whatever the file is.
 *
 * [OHI1] What takes longer than TIME_MS is given up with a sentence, and its worker is ended.
 */
import { readHistoryFile, type ReadHistory } from '@/engine/run-view/history-file';

const TIME_MS = 30_000;
const TOO_LONG = `The file was not read within ${TIME_MS / 1_000} s. Nothing was opened.`;
const NOT_READ = 'The history could not be read in this browser. Reload the page and try again.';

export async function readHistory(text: string): Promise<ReadHistory> {
  // As in tests.
  if (typeof Worker === 'undefined') return readHistoryFile(text);
  const worker = new Worker(new URL('./history-worker.ts', import.meta.url), { type: 'module' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<ReadHistory>((resolve) => {
      timer = setTimeout(() => resolve({ problem: TOO_LONG }), TIME_MS);
      worker.addEventListener('message', ({ data }: MessageEvent<ReadHistory>) => resolve(data), { once: true });
      worker.addEventListener('messageerror', () => resolve({ problem: NOT_READ }), { once: true });
      worker.addEventListener('error', () => resolve({ problem: NOT_READ }), { once: true });
      worker.postMessage(text);
    });
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
