/** Reads one text, and is ended by the page. */
import { readDocument } from './read-document';

self.addEventListener('message', ({ data }: MessageEvent<string>) => {
  self.postMessage(readDocument(data));
});
