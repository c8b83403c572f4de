/** The engine's answers about checks that are no longer there, or that have no result to go live with. Throws. */
import { Refusal } from '../failure';

const GRPC_NOT_FOUND = 5;
const GRPC_FAILED_PRECONDITION = 9;

export function gateFailure(error: unknown): never {
  const { code, details } = error as { code?: unknown; details?: unknown };
  const message = typeof details === 'string' ? details : '';
  if (code === GRPC_NOT_FOUND) throw new Refusal('gateNotFound', message, undefined, { cause: error });
  if (code === GRPC_FAILED_PRECONDITION) throw new Refusal('gateRefused', message, undefined, { cause: error });
  throw error;
}
