/**
 * The bytes of an answer as a text.
 *
 * Rules
 * [HCS1] A text is in the charset that the answer names, else in UTF-8. A byte order mark is no part of it.
 * [HCS2] What is no text, such as a picture, becomes a data URL: no byte of it is lost.
 * [HCS3] An answer that is compressed, although this was not asked for, is read. Its limit of size is that of the bytes
 *        inside.
 */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** An answer that is not what its headers say. The message is the end of a sentence. */
export class AnswerUnreadable extends Error {
  override name = 'AnswerUnreadable';
}

const DECODERS: ReadonlyMap<string, () => NodeJS.ReadWriteStream & Readable> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
]);
const MOST_ENCODINGS = 3;

/** [HCS3] Rejects with AnswerUnreadable, or with the error of the connection. */
export async function* plainBytes(response: Readable, contentEncoding = ''): AsyncGenerator<Buffer> {
  const names = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  let ofConnection: Error | null = null;
  response.once('error', (error) => (ofConnection = error));
  let stream = response;
  // The last one was applied last.
  for (const name of names.slice(-MOST_ENCODINGS).reverse()) {
    const decoder = DECODERS.get(name);
    if (!decoder || names.length > MOST_ENCODINGS)
      throw new AnswerUnreadable(`is compressed as '${contentEncoding.slice(0, 100)}', which cannot be read`);
    stream = pipeline(stream, decoder(), () => {});
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (names.length === 0 || ofConnection !== null) throw error;
    throw new AnswerUnreadable(`is not compressed as '${names.join(', ')}', as it says`, { cause: error });
  }
}

const TEXT_TYPE =
  /^\s*(text\/|application\/(json|xml|javascript|x-www-form-urlencoded|yaml|x-yaml|graphql)\b|[^;]*\+(json|xml|yaml|text)\b)/i;

/** [HCS1] [HCS2] */
export function textOf(bytes: Buffer, contentType = ''): string {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s";]+)/i.exec(contentType) ?? [];
  if (!TEXT_TYPE.test(contentType) && !isText(bytes)) {
    const [type = ''] = contentType.split(';');
    return `data:${type.trim() || 'application/octet-stream'};base64,${bytes.toString('base64')}`;
  }
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A name of no known charset.
    return new TextDecoder().decode(bytes);
  }
}

function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
