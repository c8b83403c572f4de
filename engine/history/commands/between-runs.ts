/** The common part of the commands that name another run. */
import type { RunState } from '../api';
import { reject, type Checking, type TaskFailedCause } from './command';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const MAX_ID_LENGTH = 1_000;

/** The other run's name must be possible; whether there is such a run is known when the message is sent. */
export function requireTarget(
  checking: Checking,
  target: { workflowId?: string | null; runId?: string | null } | null | undefined,
  namespace: string | null | undefined,
  cause: TaskFailedCause,
  command: string
): void {
  if (!target?.workflowId) reject(cause, `${command}: workflowId is not set`);
  if (target.workflowId.length > MAX_ID_LENGTH)
    reject(cause, `${command}: workflowId is longer than ${MAX_ID_LENGTH} characters`);
  if (target.runId && !UUID.test(target.runId)) reject(cause, `${command}: runId is not a UUID`);
  requireOwnNamespace(checking.state, namespace, cause, command);
}

/**
 * A run asks only runs of its own namespace: what a Temporal server does with
 * `system.enableCrossNamespaceCommands: false` (service/history/api/command_attr_validator.go).
 */
export function requireOwnNamespace(
  state: RunState,
  namespace: string | null | undefined,
  cause: TaskFailedCause,
  command: string
): void {
  if (!namespace || namespace === state.namespace) return;
  const message = `${command}: a run of namespace ${state.namespace} cannot ask anything of namespace ${namespace}`;
  reject(cause, message);
}

export const ownNamespace = ({ namespace }: RunState): { namespace: string } => ({ namespace });

/** Counts the message against the limit of pending ones of its kind. */
export function addPendingMessage(
  checking: Checking,
  cause: TaskFailedCause,
  kind: 'signal' | 'cancel' | 'child',
  what: string
): void {
  const { state, newMessages } = checking;
  newMessages[kind] += 1;
  const { maxPendingMessages } = state.rules.limits;
  if (newMessages[kind] + state.externals.size + state.children.size <= maxPendingMessages) return;
  const externals = [...state.externals.values()].filter((external) => external.kind === kind).length;
  const before = kind === 'child' ? state.children.size : externals;
  if (newMessages[kind] + before > maxPendingMessages)
    reject(cause, `limit maxPendingMessages: at most ${maxPendingMessages} ${what} of a run may be pending`);
}
