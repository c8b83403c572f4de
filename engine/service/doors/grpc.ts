/**
 * The gRPC door: Temporal's WorkflowService, grpc.health.v1 and further services on one port. The definition is read from the protobuf
 * classes, so every method of the contract is there; those that the engine lacks answer UNIMPLEMENTED.
 */
import {
  Metadata,
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { temporal } from '../../proto';
import { asServiceError } from '../errors';
import type { WorkflowServiceImplementation } from '../workflow-service';
import { healthService } from './health';
import { authenticate, type Key } from './keys';
import { definitionOf } from './reflection';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
/** Histories travel in one message. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

export interface GrpcDoorOptions {
  service: WorkflowServiceImplementation;
  keys: readonly Key[];
  /** 'host:port'; port 0 picks a free one. */
  address: string;
  further?: { definition: ServiceDefinition; implementation: UntypedServiceImplementation }[];
}

export interface GrpcDoor {
  /** 'host:port' that it listens on. */
  address: string;
  /** Finish what is under way, then close. */
  close(): Promise<void>;
}

export async function openGrpcDoor(options: GrpcDoorOptions): Promise<GrpcDoor> {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  });
  const { definition, implementation } = workflowService(options);
  server.addService(definition, implementation);
  const health = healthService(options.service, [SERVICE]);
  server.addService(health.definition, health.implementation);
  for (const further of options.further ?? []) server.addService(further.definition, further.implementation);
  const [host = '127.0.0.1'] = options.address.split(/:(?=\d+$)/);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(options.address, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(new Error(`the engine cannot listen on ${options.address}: ${error.message}`)) : resolve(bound)
    );
  });
  return {
    address: `${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        // Long polls would hold a graceful stop for their whole time.
        const force = setTimeout(() => server.forceShutdown(), 500);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

function workflowService({ service, keys }: GrpcDoorOptions): {
  definition: ServiceDefinition;
  implementation: UntypedServiceImplementation;
} {
  const definition = definitionOf(temporal.api.workflowservice.v1.WorkflowService, SERVICE);
  const implementation: Record<string, handleUnaryCall<object, object>> = {};
  for (const method of Object.keys(definition)) {
    implementation[method] = (call, callback) => {
      const answer = async () => {
        const caller = authenticate(keys, call.metadata, call.getPeer());
        return (await service.call(method, call.request, caller)) as object;
      };
      answer().then(
        (message) => callback(null, message),
        (thrown: unknown) => {
          const error = asServiceError(thrown);
          const metadata = new Metadata();
          metadata.set('grpc-status-details-bin', Buffer.from(error.statusDetails()));
          callback({ code: error.code, details: error.message, message: error.message, name: error.name, metadata });
        }
      );
    };
  }
  return { definition, implementation };
}
