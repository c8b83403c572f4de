/** The operations of a template as the designer and the compiler see them, also before its services are connected. */
import { createHash } from 'node:crypto';
import type { Catalogue } from '../flow/catalogue';
import { activityOf, catalogueEntry } from '../flow/connections/operation';
import type { Connected } from './services/connection';

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
