/**
 * One HTTP exchange over Node's own client: no redirects, no cookies, no ambient credentials, and a limit for the
 * size of the answer. The agent decides which addresses may be reached (egress/guard.ts).
 */
import { request as httpRequest, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { plainBytes, textOf } from './body';

export interface Exchange {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Buffer | null;
  signal: AbortSignal;
  /** Undefined: a connection of its own. */
  agent?: Agent;
  maxResponseBytes: number;
  /**
   * Called when a connection exists, right before the request is sent on it. From then on the other side may have
   * received it.
   */
  onSending?(): void;
}

export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export class ResponseTooLarge extends Error {
  override name = 'ResponseTooLarge';
}

/** Rejects with a system error, the reason of the signal, ResponseTooLarge, or the error of the agent's guard. */
export async function send(exchange: Exchange): Promise<Received> {
  const { url, method, signal, agent, maxResponseBytes } = exchange;
  const headers: Record<string, string> = { ...exchange.headers, 'accept-encoding': 'identity' };
  if (exchange.body !== null) headers['content-length'] = String(Buffer.byteLength(exchange.body));
  const secure = url.protocol === 'https:';
  const open = secure ? httpsRequest : httpRequest;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = open(url, { method, headers, signal, agent: agent ?? false });
    request.once('error', reject);
    request.once('response', resolve);
    // Another protocol was not asked for. Without a listener, Node.js ends the connection and says nothing.
    request.once('upgrade', (_, socket: Socket) => {
      socket.destroy();
      reject(new Error('the service changed to another protocol'));
    });
    request.once('close', () => reject(new Error('the connection was closed')));
    // A socket that is connecting has transferred nothing yet. A socket that was kept alive transfers the request at
    // once.
    request.once('socket', (socket) => {
      // As the agents of egress/guard.ts do.
      if (!agent) socket.on('error', () => {});
      if (!socket.connecting) exchange.onSending?.();
      else socket.once(secure ? 'secureConnect' : 'connect', () => exchange.onSending?.());
    });
    request.end(exchange.body ?? undefined);
  });
  const { statusCode: status = 0, headers: answered } = response;
  const bytes = await bodyOf(response, maxResponseBytes);
  return { status, headers: answered, text: textOf(bytes, answered['content-type']) };
}

/**
 * Without its compression. Only the answer of a success is needed as a whole: where the status says what happened, a
 * body that is too large, breaks off or cannot be read is cut there.
 */
async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { statusCode: status = 0 } = response;
  const isNeeded = status >= 200 && status <= 299;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of plainBytes(response, response.headers['content-encoding'])) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new ResponseTooLarge(`The answer is larger than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (isNeeded) throw error;
  } finally {
    if (!response.complete) response.destroy();
  }
  return Buffer.concat(chunks);
}
