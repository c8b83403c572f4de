/**
 * grpc.health.v1, for load balancers and supervisors: serving means that the engine holds its lease and answers. Asking
 * needs no key, and returns nothing else.
 */
import {
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { grpc } from '../../proto';
import { definitionOf } from './reflection';

const { ServingStatus } = grpc.health.v1.HealthCheckResponse;
type Request = grpc.health.v1.IHealthCheckRequest;
type Response = grpc.health.v1.IHealthCheckResponse;

export interface Serving {
  readonly isServing: boolean;
  /** After it changed. Returns how to stop. */
  onServing(listener: () => void): () => void;
}

/** `services`: full names of the services of this door; '' means all of them. */
export function healthService(
  serving: Serving,
  services: readonly string[]
): { definition: ServiceDefinition; implementation: UntypedServiceImplementation } {
  const isKnown = (service: string | null | undefined) => !service || services.includes(service);
  const answer = (): Response => ({ status: serving.isServing ? ServingStatus.SERVING : ServingStatus.NOT_SERVING });
  return {
    definition: definitionOf(grpc.health.v1.Health, 'grpc.health.v1.Health'),
    implementation: {
      Check: ({ request }: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
        if (isKnown(request.service)) callback(null, answer());
        else callback({ code: status.NOT_FOUND, details: `There is no service '${request.service}' here.` });
      },
      Watch: (call: ServerWritableStream<Request, Response>) => {
        if (!isKnown(call.request.service)) {
          // A service may come later: the protocol keeps the stream open.
          call.write({ status: ServingStatus.SERVICE_UNKNOWN });
          return;
        }
        call.write(answer());
        const stop = serving.onServing(() => call.write(answer()));
        for (const end of ['cancelled', 'error', 'close']) call.on(end, stop);
      },
    },
  };
}
