/** Reads one text, and is ended by the page. */
import { readDocument } from './read-document';
import { TOO_DEEP } from './read-problems';

self.addEventListener('message', ({ data }: MessageEvent<string>) => {
  try {
    self.postMessage(readDocument(data));
  } catch {
    // A value that was read can still be too deep to be handed over.
    self.postMessage({ problem: TOO_DEEP });
  }
});
