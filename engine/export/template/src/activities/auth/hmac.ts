/** A signature of each request. The time is in seconds since 1970. */
import { createHmac } from 'node:crypto';
import { environment } from '../call';
import type { Authenticate } from '../connections';

export interface Hmac {
  /** The variable of the environment. */
  secret: string;
  algorithm: 'sha256' | 'sha512';
  header: string;
  timestampHeader: string;
  encoding: 'hex' | 'base64';
  signs: 'body' | 'time.body' | 'request';
  prefix: string;
}

export const hmac =
  ({ secret, algorithm, header, timestampHeader, encoding, signs, prefix }: Hmac): Authenticate =>
  ({ method, url, headers, body }) => {
    const time = String(Math.floor(Date.now() / 1_000));
    const signed = {
      body,
      'time.body': `${time}.${body}`,
      request: [method, `${url.pathname}${url.search}`, time, body].join('\n'),
    }[signs];
    headers[timestampHeader.toLowerCase()] = time;
    headers[header.toLowerCase()] = prefix + createHmac(algorithm, environment(secret)).update(signed).digest(encoding);
  };
