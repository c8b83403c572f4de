/**
 * Messages of MCP without losing a digit. The client library parses JSON with `JSON.parse`. So numbers that JavaScript
 * cannot represent are written as exact data ({ $exact: digits }) before it reads them, and as digits again before they
 * are sent.
 */
import { Transform } from 'node:stream';
import { readJson, readPayload, writeJson } from '../../flow/values/json';

/** A message of the library, as it is sent. */
export const inDigits = (body: string): string => writeJson(readPayload(body));

/** JSON with exact data; another text as it is. */
export function exact(text: string): string {
  try {
    return JSON.stringify(readJson(text));
  } catch {
    return text;
  }
}

/** The data of server-sent events. */
export function exactLines(): Transform {
  let rest = '';
  const line = (text: string) => (text.startsWith('data:') ? `data: ${exact(text.slice(5).trim())}` : text);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (rest + chunk.toString('utf8')).split(/\r?\n/);
      rest = lines.pop() ?? '';
      done(null, lines.map((each) => `${line(each)}\n`).join(''));
    },
    flush: (done) => done(null, rest === '' ? '' : line(rest)),
  });
}
