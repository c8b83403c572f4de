/**
 * The workflow types that are served: every published version, from memory. A version is served once its row is
 * durable, and every row is served again after a restart. A retired version is served too, because its open runs go on, but it
 * starts no new ones.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { WorkflowBundle } from '../worker/bundle/bundle';
import type { JsonSchema } from '../flow/document';
import type { Declared } from '../service/declared';
import type { BundleSource } from '../worker/embedded-worker';
import { readBundles, type StoredBundle } from './version-table';

export class VersionRegistry implements BundleSource {
  readonly #bundles = new Map<string, WorkflowBundle>();
  readonly #declared = new Map<string, Declared>();
  readonly #listeners = new Set<() => void>();

  constructor(private readonly pool: pg.Pool) {}

  /**
   * Reads all published versions, or those of one type, and which are retired. Called at the start, and again after a takeover,
   * because another process may have published.
   */
  async load(workflowType: string | null = null): Promise<void> {
    for (const stored of await readBundles(this.pool, workflowType)) this.#serve(stored);
  }

  find(workflowType: string): WorkflowBundle | undefined {
    return this.#bundles.get(workflowType);
  }

  declared(workflowType: string): Declared | undefined {
    return this.#declared.get(workflowType);
  }

  workflowTypes(): string[] {
    return [...this.#bundles.keys()];
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #serve({ workflowType, revision, code, declared, retired }: StoredBundle): void {
    this.#declared.set(workflowType, {
      retired,
      input: declared.input,
      signals: schemasOf(declared.signals),
      updates: schemasOf(declared.updates),
    });
    const id = createHash('sha256').update(code).digest('hex');
    if (this.#bundles.get(workflowType)?.id === id) return;
    this.#bundles.set(workflowType, { id, code, workflowTypes: [workflowType], revision });
    for (const listener of this.#listeners) listener();
  }
}

/** Older documents may lack fields that they do not use. */
function schemasOf(doors: Readonly<Record<string, { schema: JsonSchema }>> | null): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(doors ?? {}).map(([name, { schema }]) => [name, schema]));
}
