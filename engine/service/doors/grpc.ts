/**
 * The gRPC door: Temporal's WorkflowService and OperatorService, grpc.health.v1 and further services on one port. The definition is read
 * from the protobuf classes, so every method of the contract is there; those that the engine lacks answer
 * UNIMPLEMENTED.
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
import type { Authority } from './keys';
import { definitionOf } from './reflection';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
const SERVICES = [
  [SERVICE, temporal.api.workflowservice.v1.WorkflowService],
  ['temporal.api.operatorservice.v1.OperatorService', temporal.api.operatorservice.v1.OperatorService],
] as const;
/** Histories travel in one message. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

export interface GrpcDoorOptions {
  service: WorkflowServiceImplementation;
  authority: Authority;
  /** 'host:port' on this machine, without TLS; port 0 picks a free one. */
  address: string;
  /** A second address, for other machines: with TLS, and a key is needed from everybody. */
  public?: { address: string; certificate: Buffer; privateKey: Buffer };
  /** More services behind the same address; they ask `authority` with the door that a call came by. */
  further?: (door: DoorName) => { definition: ServiceDefinition; implementation: UntypedServiceImplementation }[];
}

export interface GrpcDoor {
  /** 'host:port' that it listens on. */
  address: string;
  /** That of the door for other machines; null without one. */
  publicAddress: string | null;
  /** Finish what is under way, then close. */
  close(): Promise<void>;
}

/** By which address a call came: on this machine a client may have no key, from elsewhere it needs one. */
export type DoorName = 'local' | 'public';

export async function openGrpcDoor(options: GrpcDoorOptions): Promise<GrpcDoor> {
  const [host = ''] = options.address.split(PORT);
  if (!LOOPBACK_HOST.test(host)) {
    throw new Error(
      `${options.address}: without TLS the engine listens on this machine only (127.0.0.1). For other machines set ` +
        'BACKSTITCH_PUBLIC_ADDRESS, BACKSTITCH_TLS_CERTIFICATE and BACKSTITCH_TLS_KEY.'
    );
  }
  const local = await serve(options, 'local', options.address, ServerCredentials.createInsecure());
  if (!options.public) return { address: local.address, publicAddress: null, close: local.close };
  const { address, certificate, privateKey } = options.public;
  const tls = ServerCredentials.createSsl(null, [{ cert_chain: certificate, private_key: privateKey }]);
  const open = await serve(options, 'public', address, tls);
  const close = async () => void (await Promise.all([open.close(), local.close()]));
  return { address: local.address, publicAddress: open.address, close };
}

const PORT = /:(?=\d+$)/;
const LOOPBACK_HOST = /^(127\.[\d.]+|localhost|\[::1\]|unix:.*)$/;

async function serve(options: GrpcDoorOptions, door: DoorName, address: string, credentials: ServerCredentials) {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  });
  for (const [name, serviceClass] of SERVICES) {
    const definition = definitionOf(serviceClass, name);
    server.addService(definition, implementationOf(definition, options, door));
  }
  const health = healthService(options.service, [SERVICE]);
  server.addService(health.definition, health.implementation);
  for (const further of options.further?.(door) ?? []) server.addService(further.definition, further.implementation);
  const [host = '127.0.0.1'] = address.split(PORT);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) =>
      error ? reject(new Error(`the engine cannot listen on ${address}: ${error.message}`)) : resolve(bound)
    );
  });
  return {
    address: `${host}:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        // Long polls would hold a graceful stop for their whole time.
        const force = setTimeout(() => server.forceShutdown(), 500);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

function implementationOf(
  definition: ServiceDefinition,
  { service, authority }: Pick<GrpcDoorOptions, 'service' | 'authority'>,
  door: DoorName
): UntypedServiceImplementation {
  const implementation: Record<string, handleUnaryCall<object, object>> = {};
  for (const method of Object.keys(definition)) {
    implementation[method] = (call, callback) => {
      const answer = async () => {
        const caller = await authority.authenticate(call.metadata, call.getPeer(), door);
        return (await authority.whileValid(caller, () => service.call(method, call.request, caller))) as object;
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
  return implementation;
}
