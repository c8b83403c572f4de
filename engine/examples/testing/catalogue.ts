/** The operations of templates without a database: for the compiler, and for an activity worker. */
import { createHash } from 'node:crypto';
import type { OperationSource } from '../../activities/operations';
import type { Catalogue } from '../../flow/catalogue';
import { activityOf, catalogueEntry, frozen } from '../../flow/connections/operation';
import type { Connected } from '../services/connection';

export function catalogueOf(connected: readonly Connected[]): Catalogue {
  return Object.fromEntries(
    connected.flatMap(({ connection, operations }) =>
      operations.map((operation) => {
        const titleOf = (name: string) => operations.find((each) => each.name === name)?.title;
        const sha = createHash('sha256').update(JSON.stringify(operation)).digest('hex');
        return [activityOf(operation), { ...catalogueEntry(operation, connection, titleOf), sha }];
      })
    )
  );
}

export function sourceOf(connected: readonly Connected[]): OperationSource {
  return {
    async frozen(_workflowType, activity) {
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
