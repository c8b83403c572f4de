/** The common part of the commands that name another run. */
import { nameProblem } from '../../plain-text';
import type { RunState } from '../api';
import { reject, type Checking, type TaskFailedCause } from './command';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The other run's name must be possible; whether there is such a run is known when the message is sent. */
export function requireTarget(
  checking: Checking,
  target: { workflowId?: string | null; runId?: string | null } | null | undefined,
  namespace: string | null | undefined,
  cause: TaskFailedCause,
  command: string
): void {
  if (!target?.workflowId) reject(cause, `${command}: workflowId is not set`);
  const problem = nameProblem(target.workflowId);
  if (problem) reject(cause, `${command}: workflowId ${problem}`);
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
