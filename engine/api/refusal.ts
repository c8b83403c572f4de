/** A rejection of a request with its gRPC status. */
import type { status } from '@grpc/grpc-js';

export class Refusal extends Error {
  constructor(
    readonly code: status,
    readonly details: string
  ) {
    super(details);
  }
}
