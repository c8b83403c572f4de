/** A pager, a webhook or a chat of somebody else: a real HTTP server that keeps what it takes. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: Record<string, unknown>;
}

export class Receiver {
  readonly heard: Heard[] = [];
  /** What it answers. It keeps what it refuses as well. */
  status = 202;
  /** It takes a message, and its answer is lost. */
  losesAnswers = false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const body = JSON.parse(text) as Record<string, unknown>;
        this.heard.push({ path: request.url ?? '', headers: request.headers, text, body });
        if (this.losesAnswers) request.socket.destroy();
        else response.writeHead(this.status).end('{}');
      });
    });
  }
  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }
  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v2/enqueue`;
  }
  /** Of a pager: 'trigger', 'acknowledge', 'resolve', in the order of their arrival. */
  get actions(): unknown[] {
    return this.heard.map(({ body }) => body.event_action);
  }
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
