/**
 * The HTTP of an MCP client: over the guard of its connection, authenticated, bounded, and without losing a digit
 * (exact-messages.ts).
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, Readable, Transform } from 'node:stream';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { HttpAuth } from '../../flow/connections/http';
import { readJson } from '../../flow/values/json';
import { credentialsFor, type AuthEnvironment } from '../http/auth';
import { plainBytes } from '../http/body';
import { exact, exactLines, inDigits } from './exact-messages';

/** Of all answers to one request, as for HTTP operations: below the engine's payload limit of 2 MB. */
const LARGEST_ANSWER = 1_000_000;
/** The list of tools is not kept: what is needed of it is taken out (carrier.ts). */
const LARGEST_LIST = 16_000_000;

export class AnswerTooLarge extends Error {
  override name = 'AnswerTooLarge';
}

export interface Wire {
  auth: HttpAuth;
  environment: AuthEnvironment;
  /** Called when a connection exists, right before a request with this method of JSON-RPC is sent on it. */
  onSending(method: string): void;
}

export function fetchOver({ auth, environment, onSending }: Wire): FetchLike {
  return async (address, init = {}) => {
    const url = new URL(address);
    const method = init.method ?? 'GET';
    // The server could send messages of its own in a stream that stays open. Nobody here would read them.
    if (method === 'GET') return new Response(null, { status: 405 });
    const body = typeof init.body === 'string' ? inDigits(init.body) : null;
    const credentials = await credentialsFor({ method, url, body }, auth, environment);
    for (const [name, value] of Object.entries(credentials.query)) url.searchParams.append(name, value);
    const headers = {
      ...Object.fromEntries(new Headers(init.headers)),
      ...credentials.headers,
      'user-agent': 'Backstitch',
      'accept-encoding': 'identity',
      ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    };
    const secure = url.protocol === 'https:';
    const agent = environment.guard.agentFor(url);
    const signal = init.signal ?? undefined;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(url, { method, headers, agent, signal });
      const told = () => onSending(body === null ? '' : rpcMethod(body));
      request.once('error', reject);
      request.once('response', resolve);
      request.once('close', () => reject(new Error('the connection was closed')));
      request.once('socket', (socket) => {
        if (!socket.connecting) told();
        else socket.once(secure ? 'secureConnect' : 'connect', told);
      });
      request.end(body ?? undefined);
    });
    const isList = body !== null && rpcMethod(body) === 'tools/list';
    return responseOf(answer, isList ? LARGEST_LIST : LARGEST_ANSWER);
  };
}

function rpcMethod(body: string): string {
  const { method } = readJson(body) as { method?: unknown };
  return typeof method === 'string' ? method : '';
}

async function responseOf(answer: IncomingMessage, largest: number): Promise<Response> {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && name !== 'content-length' && name !== 'content-encoding')
      headers.set(name, String(value));
  const isEmpty = status === 202 || status === 204 || status === 304;
  if (isEmpty) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  const plain = Readable.from(plainBytes(answer, answer.headers['content-encoding']));
  // Who reads the last part gets the error of any part: a line that is lost in the middle is not the end of an answer.
  if (/^text\/event-stream\b/.test(headers.get('content-type') ?? '')) {
    const events = pipeline(plain, bound(largest), exactLines(), () => {});
    return new Response(Readable.toWeb(events) as ReadableStream, { status, headers });
  }
  const bounded = pipeline(plain, bound(largest), () => {});
  const chunks: Buffer[] = [];
  for await (const chunk of bounded) chunks.push(chunk as Buffer);
  return new Response(exact(Buffer.concat(chunks).toString()), { status, headers });
}

function bound(largest: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > largest) done(new AnswerTooLarge(`the answer is larger than ${largest / 1_000_000} MB`));
      else done(null, chunk);
    },
  });
}
