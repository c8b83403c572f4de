/**
 * One HTTP exchange over Node's own client: no redirects, no cookies, no ambient credentials, and a limit for the
 * size of the answer. The agent decides which addresses may be reached (egress/guard.ts).
 */
import { request as httpRequest, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Exchange {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | null;
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
    const request = open(url, { method, headers, signal, agent });
    request.once('error', reject);
    request.once('response', resolve);
    // A socket that is connecting has transferred nothing yet. A socket that was kept alive transfers the request at
    // once.
    request.once('socket', (socket) => {
      if (!socket.connecting) exchange.onSending?.();
      else socket.once(secure ? 'secureConnect' : 'connect', () => exchange.onSending?.());
    });
    request.end(exchange.body ?? undefined);
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxResponseBytes) {
      response.destroy();
      throw new ResponseTooLarge(`The answer is larger than ${maxResponseBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  const { statusCode = 0, headers: answered } = response;
  return { status: statusCode, headers: answered, text: decoded(Buffer.concat(chunks), answered['content-type']) };
}

/** [HCS1] In the charset that the answer names, else UTF-8. A byte order mark is no part of the text. */
function decoded(bytes: Buffer, contentType = ''): string {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s";]+)/i.exec(contentType) ?? [];
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A name of no known charset.
    return new TextDecoder().decode(bytes);
  }
}
