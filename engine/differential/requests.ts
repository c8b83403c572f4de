/**
 * What the `temporal` CLI asks a server: the requests of each command, with what the server answered. A proxy between the
 * two notes them. So a test can send the same requests where the CLI is not.
 *
 * [DIF10] An id or a token that an earlier answer gave is named by its place there ('{{11.1.runId}}': the answer to the
 *         first request of command 11), so that it is the one of the server that is asked later.
 */
import { Server, ServerCredentials, credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { Metadata, type Client, type ServerUnaryCall, type ServiceError, type sendUnaryData } from '@grpc/grpc-js';
import { grpc } from '../proto';
import { definitionOf } from '../service/doors/reflection';
import { runCommands, timeless } from './cli';
import type { Command } from './commands';
import { normalise, TOKENS } from './normal';
import { valueAt } from './play';
import { refusal, SERVICES, Wire, type Answer, type Json } from './wire';

/** `isCut`: the CLI did not wait for the answer. */
export interface Asked {
  method: string;
  request: Json;
  isCut?: true;
}
export type Exchange = [asked: Asked, answer: Answer];

/** So long a request is sent that the CLI has cut. */
const CUT_MS = 300;
/** As long as the CLI waits for a run to end, in the commands that are played. */
const WAIT_MS = 2_000;
/** The health of a server is asked of another service, and is no request of a run. */
const HEALTH = ['grpc.health.v1.Health', grpc.health.v1.Health] as const;
/** Each command begins with it. */
const FIRST = 'GetSystemInfo';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Where an id or a token was answered first, by its text. */
class Places {
  readonly #places = new Map<string, string>();

  learn(value: Json, place: string, field = ''): void {
    if (typeof value === 'string' && isGiven(value, field) && !this.#places.has(value))
      this.#places.set(value, `{{${place}}}`);
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) this.learn(inner, `${place}.${key}`, key);
  }

  named(value: Json, field = ''): Json {
    return replaced(value, field, (text, of) => (isGiven(text, of) ? this.#places.get(text) : undefined) ?? text);
  }
}

const isGiven = (text: string, field: string) => UUID.test(text) || (TOKENS.has(field) && text !== '');

function replaced(value: Json, field: string, change: (text: string, field: string) => string): Json {
  if (typeof value === 'string') return change(value, field);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => replaced(item, field, change));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner, key, change)]));
}

/** Who runs the CLI, and where, is nobody's business. */
const anonymous = (value: Json): Json => replaced(value, '', (text, field) => (PEOPLE.has(field) ? 'somebody' : text));

const PEOPLE = new Set(['identity', 'managerIdentity', 'lastModifierIdentity']);

/** In the form in which two servers are compared. */
export const comparable = (answer: Answer): Answer =>
  normalise('ok' in answer ? { ok: timeless(anonymous(answer.ok)) } : answer, new Map());

/** The requests of each command, by the command's name. */
export async function recordRequests(
  binary: string,
  address: string,
  commands: readonly Command[],
  settles: (ms: number) => Promise<unknown>
): Promise<Record<string, Exchange[]>> {
  const wire = new Wire(address);
  const places = new Places();
  const exchanges: Record<string, Exchange[]> = {};
  let current: Exchange[] = [];
  let number = 0;
  const isAskedFor = (method: string) => method !== FIRST || (commands[number - 1]?.line.endsWith('system') ?? false);
  const proxy = await openProxy(address, (method, request, answer, isCut) => {
    // A poll that the CLI repeats is noted once.
    if (!isAskedFor(method) || current.at(-1)?.[0].method === method) return;
    const asked = { method, request: anonymous(places.named(wire.toJson(method, request))) };
    current.push([isCut ? { ...asked, isCut } : asked, comparable(answer)]);
    if ('ok' in answer) places.learn(answer.ok, `${number}.${current.length}`);
  });
  try {
    await runCommands(binary, proxy.address, commands, settles, (name) => {
      current = exchanges[name] = [];
      number++;
    });
    return exchanges;
  } finally {
    proxy.close();
    wire.close();
  }
}

type Noted = (method: string, request: Buffer, answer: Answer, isCut?: true) => void;
type Unary = (
  request: Buffer,
  metadata: Metadata,
  options: { deadline: Date | number },
  done: (error: ServiceError | null, answer: Buffer) => void
) => { cancel(): void };

/** Passes every call on as it came. */
async function openProxy(address: string, note: Noted): Promise<{ address: string; close(): void }> {
  const server = new Server();
  const clients: Client[] = [];
  const wire = new Wire(address);
  for (const [name, service] of [...SERVICES, HEALTH]) {
    const definition = Object.fromEntries(
      Object.entries(definitionOf(service, name)).map(([method, each]) => [method, { ...each, ...AS_BYTES }])
    );
    const client = new (makeGenericClientConstructor(definition, name))(address, credentials.createInsecure());
    clients.push(client);
    const pass = (method: string) => (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
      const passed = (client as unknown as Record<string, Unary>)[method]!.call(
        client,
        call.request,
        new Metadata(),
        { deadline: call.getDeadline() },
        (error, answer) => {
          if (name !== HEALTH[0])
            note(method, call.request, error ? refusal(error) : wire.answerOf(method, answer), isCut(call, error));
          done(error, answer);
        }
      );
      call.on('cancelled', () => passed.cancel());
    };
    server.addService(definition, Object.fromEntries(Object.keys(definition).map((method) => [method, pass(method)])));
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound)
    )
  );
  const close = () => {
    server.forceShutdown();
    wire.close();
    for (const client of clients) client.close();
  };
  return { address: `127.0.0.1:${port}`, close };
}

const same = (bytes: Buffer) => bytes;
const AS_BYTES = {
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};
const isCut = ({ cancelled }: { cancelled: boolean }, error: ServiceError | null): true | undefined =>
  cancelled || error?.details === 'Deadline exceeded' || /CANCELLED|DEADLINE/.test(error?.message ?? '') || undefined;

/** Sends what was recorded of one command. `given`: the answers so far, as they came, by '11.1'. */
export async function sendAgain(
  wire: Wire,
  number: number,
  exchanges: readonly Exchange[],
  given: Map<string, Answer>
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const [index, [{ method, request, isCut }]] of exchanges.entries()) {
    const asked = replaced(request, '', (text) =>
      text.replace(/^\{\{(\d+\.\d+)\.(.+)\}\}$/, (whole, of, path) => {
        const found = valueAt(given.get(String(of)), String(path));
        return typeof found === 'string' ? found : String(whole);
      })
    );
    const answer = await wire.call(method, wire.fromJson(method, asked), isCut ? CUT_MS : WAIT_MS);
    given.set(`${number}.${index + 1}`, answer);
    answers.push(comparable(answer));
  }
  return answers;
}
