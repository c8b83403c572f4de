/** The operations of templates for an activity worker, without a database. */
import type { OperationSource } from '../../activities/operations';
import { activityOf, frozen } from '../../flow/connections/operation';
import type { Connected } from '../services/connection';

export function operationSourceOf(connected: readonly Connected[]): OperationSource {
  return {
    async frozen(_workflowType, _revision, activity) {
      for (const { connection, operations } of connected) {
        const operation = operations.find((each) => activityOf(each) === activity);
        if (operation) return frozen(operation, connection);
      }
      return null;
    },
    async connection(name) {
      const found = connected.find(({ connection }) => connection.name === name);
      return found ? { connection: found.connection, archivedBy: null } : null;
    },
  };
}
