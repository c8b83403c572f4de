/**
 * The text of a file that a person chose: in UTF-8 or UTF-16, with or without a byte order mark, and not too large to
 * be read.
 */

/** `most`: bytes. The problem is a sentence. */
export async function readFile(file: Blob, most: number): Promise<{ text: string } | { problem: string }> {
  if (file.size === 0) return { problem: 'The file is empty.' };
  if (file.size > most)
    return { problem: `The file has ${megabytes(file.size)} MB, and at most ${megabytes(most)} MB are read.` };
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return { problem: 'The file cannot be read.' };
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4)
    return { problem: 'The file is a zip archive. Unpack it, and choose the document in it: flow.json of a project.' };
  try {
    // The decoder leaves out a byte order mark.
    return { text: new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'The file is no text in UTF-8 or UTF-16. Save it as UTF-8 and choose it again.' };
  }
}

/** JSON begins with an ASCII character, so that a zero byte beside it says UTF-16. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0) return 'utf-16le';
  return first === 0 && second !== 0 && second !== undefined ? 'utf-16be' : 'utf-8';
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1).replace(/\.0$/, '');
