/**
 * A service that a journey connects: it books what a festival needs, each booking can be cancelled, and it keeps
 * books of both. It describes itself with OpenAPI, as a service of the reader's own would.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is booked, in the order in which a festival needs it. */
export const BOOKED = ['field', 'stage', 'sound', 'lights', 'kitchen', 'guards', 'first aid', 'buses'] as const;
const pathOf = (thing: string) => `/${thing.replace(' ', '-')}-bookings`;

export interface Festival {
  url: string;
  openApi: string;
  /** What is booked for this name and not cancelled, in the order in which it was booked. */
  bookedFor(name: string): string[];
  /** From now on bookings of this thing are refused. */
  refuse(thing: (typeof BOOKED)[number] | null): void;
  close(): Promise<void>;
}

export async function startFestival(): Promise<Festival> {
  const booked = new Map<string, { thing: string; name: string }>();
  /** A repeated request gets the answer of the first one. */
  const answered = new Map<string, { status: number; answer: object }>();
  let refused: string | null = null;

  const perform = (path: string, body: { festival?: string }): { status: number; answer: object } => {
    const [, id] = /^\/[a-z-]+-bookings\/([^/]+)\/cancel$/.exec(path) ?? [];
    if (id !== undefined) return { status: booked.delete(id) ? 200 : 404, answer: {} };
    const thing = BOOKED.find((each) => pathOf(each) === path);
    if (!thing || !body.festival) return { status: 400, answer: { error: 'nothing that can be booked' } };
    if (thing === refused) return { status: 409, answer: { error: `no ${thing} on that day` } };
    const booking = `b-${booked.size + answered.size + 1}`;
    booked.set(booking, { thing, name: body.festival });
    return { status: 201, answer: { booking } };
  };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const key = String(request.headers['idempotency-key'] ?? crypto.randomUUID());
      const made = answered.get(key) ?? perform(request.url ?? '', text === '' ? {} : (JSON.parse(text) as object));
      answered.set(key, made);
      response.writeHead(made.status, { 'content-type': 'application/json' }).end(JSON.stringify(made.answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    openApi: JSON.stringify(openApiOf(url)),
    bookedFor: (name) => [...booked.values()].filter((each) => each.name === name).map(({ thing }) => thing),
    refuse: (thing) => (refused = thing),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function openApiOf(url: string): object {
  const answers = (status: string, properties: object) => ({
    [status]: { description: 'Done', content: json({ type: 'object', properties, required: Object.keys(properties) }) },
  });
  const json = (schema: object) => ({ 'application/json': { schema } });
  const key = { name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string' } };
  const body = json({ type: 'object', required: ['festival'], properties: { festival: { type: 'string' } } });
  const paths = BOOKED.flatMap((thing) => [
    [
      pathOf(thing),
      {
        post: {
          operationId: `book ${thing}`,
          summary: `Book the ${thing}`,
          parameters: [key],
          requestBody: { required: true, content: body },
          responses: answers('201', { booking: { type: 'string' } }),
        },
      },
    ],
    [
      `${pathOf(thing)}/{booking}/cancel`,
      {
        post: {
          operationId: `cancel ${thing}`,
          summary: `Cancel the ${thing}`,
          parameters: [{ name: 'booking', in: 'path', required: true, schema: { type: 'string' } }, key],
          responses: answers('200', {}),
        },
      },
    ],
  ]);
  return {
    openapi: '3.0.3',
    info: { title: 'Festival office', version: '1' },
    servers: [{ url }],
    paths: Object.fromEntries(paths) as object,
  };
}
