/** Reads one history, and is ended by the page. */
import { readHistoryFile } from '@/engine/run-view/history-file';

self.addEventListener('message', ({ data }: MessageEvent<string>) => {
  try {
    self.postMessage(readHistoryFile(data));
  } catch (error) {
    self.postMessage({ problem: `The history could not be read: ${String(error).slice(0, 200)}` });
  }
});
