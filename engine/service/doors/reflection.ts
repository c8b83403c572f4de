/**
 * Service definitions for grpc-js, read from the protobuf classes: they carry their reflection, which the typings do
 * not show.
 */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type { Method, Type } from 'protobufjs';

/** `serviceClass` is one of @temporalio/proto, `name` its full name on the wire. */
export function definitionOf(serviceClass: unknown, name: string): ServiceDefinition {
  const { methods } = serviceClass as { methods: Record<string, Method> };
  const definition: Record<string, MethodDefinition<object, object>> = {};
  for (const method of Object.values(methods)) {
    method.resolve();
    const request = method.resolvedRequestType as Type;
    const response = method.resolvedResponseType as Type;
    definition[method.name] = {
      path: `/${name}/${method.name}`,
      requestStream: method.requestStream ?? false,
      responseStream: method.responseStream ?? false,
      requestSerialize: (message) => Buffer.from(request.encode(message).finish()),
      requestDeserialize: (bytes) => request.decode(bytes),
      responseSerialize: (message) => Buffer.from(response.encode(message).finish()),
      responseDeserialize: (bytes) => response.decode(bytes),
    };
  }
  return definition;
}
