/** How a command is refused: the workflow task that sent it fails with this cause, and nothing of it is written. */
import { type temporal } from '../proto';
import { RequestError, type RunState } from './api';

export type TaskFailedCause = temporal.api.enums.v1.WorkflowTaskFailedCause;

export function reject(cause: TaskFailedCause, message: string): never {
  throw new RequestError('INVALID_ARGUMENT', message, { cause });
}

export function requirePayload(state: RunState, bytes: number, cause: TaskFailedCause, what: string): void {
  const limit = state.rules.limits.maxPayloadBytes;
  if (bytes > limit) reject(cause, `limit maxPayloadBytes: ${what} have ${bytes} bytes, at most ${limit} are allowed`);
}
