/**
 * The service of `backstitch.v1` in the form that grpc-js needs for server and client, created from the text of the
 * contract.
 */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { BACKSTITCH_PROTO } from './proto';

export const SERVICE_NAME = 'backstitch.v1.Backstitch';

/** Messages as plain objects: every field is present, and 64-bit numbers are numbers. */
const PLAIN = { longs: Number, defaults: true, arrays: true, enums: String } as const;

// The message types check the transferred data at runtime; TypeScript does not. `messages.ts` declares the shapes.
type Method = MethodDefinition<object, object>;

export function backstitchDefinition(): ServiceDefinition<Record<string, Method>> {
  const service = protobuf.parse(BACKSTITCH_PROTO).root.resolveAll().lookupService(SERVICE_NAME);
  const methods = service.methodsArray.map((method): [string, Method] => {
    method.resolve();
    const { resolvedRequestType: request, resolvedResponseType: response } = method;
    if (!request || !response) throw new Error(`${method.name} has no message types`);
    return [
      method.name,
      {
        path: `/${SERVICE_NAME}/${method.name}`,
        requestStream: Boolean(method.requestStream),
        responseStream: Boolean(method.responseStream),
        requestSerialize: encoder(request),
        requestDeserialize: decoder(request),
        responseSerialize: encoder(response),
        responseDeserialize: decoder(response),
        originalName: method.name.charAt(0).toLowerCase() + method.name.slice(1),
      },
    ];
  });
  return Object.fromEntries(methods);
}

const encoder = (type: protobuf.Type) => (value: object) => Buffer.from(type.encode(type.fromObject(value)).finish());
const decoder = (type: protobuf.Type) => (bytes: Buffer) => type.toObject(type.decode(bytes), PLAIN) as object;
