/**
 * Calls of both services over gRPC without an SDK, so that a request arrives as it was written and an error is not
 * retried or reworded. The same code speaks to a Temporal server and to this engine.
 */
import { credentials, makeGenericClientConstructor, status, type Client, type ServiceError } from '@grpc/grpc-js';
import type { Method, Type } from 'protobufjs';
import { google, temporal } from '../proto';
import { definitionOf } from '../service/doors/reflection';

type Workflows = temporal.api.workflowservice.v1.WorkflowService;
type Operators = temporal.api.operatorservice.v1.OperatorService;
type Requests<Service> = {
  [
    Name in keyof Service as Service[Name] extends (request: infer _R, ...rest: never[]) => unknown
      ? Capitalize<Name & string>
      : never
  ]: Service[Name] extends { (request: infer Request): unknown } ? Request : never;
};
/** The request type of each method of WorkflowService and OperatorService, by the method's name. */
export type RequestTypes = Requests<Workflows> & Requests<Operators>;
export type MethodName = keyof RequestTypes & string;

/** What a server answered: the message as plain JSON, or the error with the first of its details. */
export type Answer = { ok: Json } | { error: string; detail?: Json; says: string };
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const SERVICES = [
  ['temporal.api.workflowservice.v1.WorkflowService', temporal.api.workflowservice.v1.WorkflowService],
  ['temporal.api.operatorservice.v1.OperatorService', temporal.api.operatorservice.v1.OperatorService],
] as const;
/** The message types that a client learns from errors, by the name in their type URL. */
const DETAILS: Record<string, object> = {
  'temporal.api.errordetails.v1': temporal.api.errordetails.v1,
  'temporal.api.failure.v1': temporal.api.failure.v1,
};
const PLAIN = { longs: Number, enums: String, bytes: String, defaults: false } as const;

type Unary = (
  request: object,
  options: { deadline: number },
  done: (error: ServiceError | null, answer: object) => void
) => void;

export class Wire {
  readonly #methods = new Map<string, { client: Client; request: Type; answer: Type }>();
  readonly #clients: Client[] = [];

  /** `address`: 'host:port', without TLS. */
  constructor(address: string) {
    for (const [name, service] of SERVICES) {
      const Constructor = makeGenericClientConstructor(definitionOf(service, name), name);
      const client = new Constructor(address, credentials.createInsecure());
      this.#clients.push(client);
      for (const method of Object.values((service as unknown as { methods: Record<string, Method> }).methods))
        this.#methods.set(method.name, {
          client,
          request: method.resolvedRequestType as Type,
          answer: method.resolvedResponseType as Type,
        });
    }
  }

  async call(method: string, request: object, deadlineMs = 10_000): Promise<Answer> {
    try {
      const { answer, message } = await this.message(method, request, deadlineMs);
      return plain(answer, message);
    } catch (error) {
      return refusal(error as ServiceError);
    }
  }

  /** The decoded message, for a worker. Throws the ServiceError of grpc-js. */
  message(method: string, request: object, deadlineMs = 10_000): Promise<{ answer: Type; message: object }> {
    const known = this.#known(method);
    const call = (known.client as unknown as Record<string, Unary>)[method]!;
    return new Promise((resolve, reject) => {
      call.call(known.client, request, { deadline: Date.now() + deadlineMs }, (error, message) =>
        error ? reject(error) : resolve({ answer: known.answer, message })
      );
    });
  }

  /** A request as JSON, and back. Without defaults; bytes are base64. */
  toJson(method: string, bytes: Uint8Array): Json {
    const { request } = this.#known(method);
    return request.toObject(request.decode(bytes), PLAIN) as Json;
  }

  fromJson(method: string, json: Json): object {
    return this.#known(method).request.fromObject(json as object);
  }

  answerOf(method: string, bytes: Uint8Array): Answer {
    const { answer } = this.#known(method);
    return plain(answer, answer.decode(bytes));
  }

  #known(method: string) {
    const known = this.#methods.get(method);
    if (!known) throw new Error(`no service has a method ${method}`);
    return known;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}

const plain = (type: Type, message: object): Answer => ({
  ok: type.toObject(type.fromObject(message), PLAIN) as Json,
});

export function refusal(error: ServiceError): Answer {
  const says = error.details;
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  const detail = bytes instanceof Buffer ? google.rpc.Status.decode(bytes).details[0] : undefined;
  return {
    error: status[error.code],
    ...(detail ? { detail: readDetail(detail) } : {}),
    says,
  };
}

interface Inner {
  code: number;
  details: google.protobuf.IAny[];
}

function readDetail({ type_url: url, value }: google.protobuf.IAny): Json {
  const name = (url ?? '').replace(/^.*\//, '');
  const [space, type] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
  const known = (DETAILS[space] as Record<string, Type> | undefined)?.[type];
  if (!known) return { type: name };
  const message = known.decode(value ?? new Uint8Array()) as unknown as { statuses?: Inner[] };
  // The outcome of each of several operations has details of its own.
  if (message.statuses)
    return {
      type,
      statuses: message.statuses.map(({ code, details }) => ({ code, details: details.map(readDetail) })),
    };
  return { type, ...(known.toObject(message as never, PLAIN) as { [key: string]: Json }) };
}
