import { expect, test } from 'vitest';
import { readFile } from './read-file';

const TEXT = '{ "title": "Überweisung 💶" }';
const utf16 = (text: string, isBig: boolean): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  [...Array(text.length).keys()].forEach((at) => view.setUint16(at * 2, text.charCodeAt(at), !isBig));
  return bytes;
};
const read = (...parts: BlobPart[]) => readFile(new Blob(parts), 1_000);

test('[FRF1] a document in UTF-8 or UTF-16 is read, with and without a byte order mark', async () => {
  const encodings = [
    TEXT,
    `\ufeff${TEXT}`,
    ...[true, false].flatMap((big) => [utf16(TEXT, big), utf16(`\ufeff${TEXT}`, big)]),
  ];
  for (const each of encodings) expect(await read(each)).toEqual({ text: TEXT });
});

test('[FRF2] a file that is empty, no text, or too large is refused in words', async () => {
  expect(await read()).toEqual({ problem: 'The file is empty.' });
  expect(await read(new Uint8Array([0x50, 0x4b, 3, 4, 0xff, 0xfe, 0xfa]))).toEqual({
    problem: 'The file is a zip archive. Unpack it, and choose the document in it: flow.json of a project.',
  });
  expect(await read(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff]))).toEqual({
    problem: 'The file is no text in UTF-8 or UTF-16. Save it as UTF-8 and choose it again.',
  });
  expect(await readFile(new Blob(['x'.repeat(10_000_000)]), 6_000_000)).toEqual({
    problem: 'The file has 10 MB, and at most 6 MB are read.',
  });
});
