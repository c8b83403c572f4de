/** The guard of each connection, as long as the connection does not change. */
import type { Connection } from '../../flow/connections/connection';
import { parseOrigin } from '../config';
import type { EgressGuard } from './guard';

export class ConnectionGuards {
  readonly #kept = new Map<string, { definition: string; guard: EgressGuard }>();

  constructor(private readonly ofProcess: EgressGuard) {}

  /** `origins`: the connection's own. Requests reach these and its allow list. */
  of({ name, allow }: Pick<Connection, 'name' | 'allow'>, origins: readonly string[]): EgressGuard {
    const definition = JSON.stringify([origins, allow]);
    const kept = this.#kept.get(name);
    if (kept?.definition === definition) return kept.guard;
    const guard = this.ofProcess.forConnection(origins, allow.map(parseOrigin));
    this.#kept.set(name, { definition, guard });
    return guard;
  }
}
