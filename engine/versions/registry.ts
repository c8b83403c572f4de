/**
 * The workflow types that are served: every revision of every published version, from memory. A revision is served once
 * its row is durable, and every row is served again after a restart. A retired version is served too, because its open
 * runs go on, but it starts no new ones.
 *
 * New runs start on the live revision of their type. A run that began on another one continues there until it can
 * switch (worker/revisions.ts), so all revisions stay available.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { HistoryEvent } from '../history';
import type { WorkflowBundle } from '../worker/bundle/bundle';
import type { JsonSchema } from '../flow/document';
import { stepOfExpression } from '../run-view/closing-failure';
import type { Declared } from '../service/declared';
import type { BundleSource, RevisionChange } from '../worker/embedded-worker';
import { typePrefix } from '../permissions/permissions';
import { recordedConflict, undoChanges, type RevisionContent, type UndoChange } from './revision-rules';
import { readBundles, type StoredBundle } from './version-table';

interface Served {
  bundle: WorkflowBundle;
  steps: StoredBundle['steps'];
  /** Only where the type has several revisions. */
  content: RevisionContent | null;
}
interface ServedType {
  flow: string;
  live: string;
  revisions: Map<string, Served>;
  declared: Declared;
}

export interface ServedVersion {
  flow: string;
  workflowType: string;
  /** On which new runs start. */
  live: string;
  revisions: string[];
  retired: boolean;
}

export class VersionRegistry implements BundleSource {
  readonly #types = new Map<string, ServedType>();
  readonly #listeners = new Set<() => void>();
  /** By the two revisions. */
  readonly #undoChanges = new WeakMap<RevisionContent, WeakMap<RevisionContent, UndoChange[]>>();

  constructor(private readonly pool: pg.Pool) {}

  /**
   * Reads all published versions, or those of one type, and which are retired. Called at the start, and again after a
   * takeover, because another process may have published.
   */
  async load(workflowType: string | null = null): Promise<void> {
    const types = new Map<string, StoredBundle[]>();
    for (const stored of await readBundles(this.pool, workflowType)) {
      const known = types.get(stored.workflowType);
      if (known) known.push(stored);
      else types.set(stored.workflowType, [stored]);
    }
    for (const [type, revisions] of types) this.#serve(type, revisions);
  }

  find(workflowType: string, revision?: string): WorkflowBundle | undefined {
    const type = this.#types.get(workflowType);
    return type && servedOf(type, revision)?.bundle;
  }

  refuses(workflowType: string, { from, to }: RevisionChange, history: readonly HistoryEvent[]): string | null {
    const revisions = this.#types.get(workflowType)?.revisions;
    const [before, after] = [revisions?.get(from)?.content, revisions?.get(to)?.content];
    if (!before || !after) return null;
    return recordedConflict(history, this.#changesBetween(before, after))?.why ?? null;
  }

  declared(workflowType: string): Declared | undefined {
    return this.#types.get(workflowType)?.declared;
  }

  /** The newest version of a flow that starts runs, or the newest if all are retired; undefined: there is none. */
  newest(flow: string): { workflowType: string; version: number } | undefined {
    const prefix = typePrefix(flow);
    const versions = [...this.#types.keys()].flatMap((workflowType) => {
      const version = workflowType.startsWith(prefix) ? Number(workflowType.slice(prefix.length)) : NaN;
      return Number.isInteger(version) ? { workflowType, version } : [];
    });
    const byNumber = versions.sort((one, other) => other.version - one.version);
    return byNumber.find(({ workflowType }) => !this.#types.get(workflowType)?.declared.retired) ?? byNumber[0];
  }

  /** The flow of which the type is a version; undefined for other types. */
  flowOf(workflowType: string): string | undefined {
    return this.#types.get(workflowType)?.flow;
  }

  /** Every type that is served. */
  served(): ServedVersion[] {
    return [...this.#types].map(([workflowType, { flow, live, revisions, declared }]) => ({
      flow,
      workflowType,
      live,
      revisions: [...revisions.keys()],
      retired: declared.retired !== null,
    }));
  }

  workflowTypes(): string[] {
    return [...this.#types.keys()];
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changesBetween(before: RevisionContent, after: RevisionContent): UndoChange[] {
    const known = this.#undoChanges.get(before) ?? new WeakMap<RevisionContent, UndoChange[]>();
    this.#undoChanges.set(before, known);
    const changes = known.get(after) ?? undoChanges(before, after);
    known.set(after, changes);
    return changes;
  }

  #serve(workflowType: string, stored: readonly StoredBundle[]): void {
    const known = this.#types.get(workflowType);
    const live = stored.find((each) => each.live) ?? stored[0];
    if (!live) return;
    const revisions = new Map(
      stored.map(({ revision, code, content, steps }): [string, Served] => {
        const id = createHash('sha256').update(code).digest('hex');
        const same = known?.revisions.get(revision);
        const bundle = same?.bundle.id === id ? same.bundle : { id, code, workflowTypes: [workflowType], revision };
        return [revision, { bundle, steps, content: same?.content ?? content }];
      })
    );
    const { input, signals, updates } = live.declared;
    const type = { live: live.revision, revisions };
    const declared: Declared = {
      stepOfExpression: (revision, failed) =>
        stepOfExpression(failed, servedOf(type, revision)?.steps ?? [])?.id ?? null,
      retired: live.retired,
      below: live.below,
      // Also runs of its other revisions are listed.
      sensitive: stored.some(({ sensitive }) => sensitive),
      input,
      signals: schemasOf(signals),
      updates: schemasOf(updates),
    };
    this.#types.set(workflowType, { flow: live.flow, live: live.revision, revisions, declared });
    const isKnown = known && known.live === live.revision && known.revisions.size === revisions.size;
    if (!isKnown) for (const listener of this.#listeners) listener();
  }
}

/** A revision '' is the first one: tasks that name no revision were completed when there was no other. */
function servedOf({ live, revisions }: Pick<ServedType, 'live' | 'revisions'>, revision?: string): Served | undefined {
  return revisions.get(revision === '' ? firstOf(revisions) : (revision ?? live));
}

function firstOf(revisions: ReadonlyMap<string, Served>): string {
  const numberOf = (revision: string) => Number(revision.split('.')[1]);
  return [...revisions.keys()].reduce((first, each) => (numberOf(each) < numberOf(first) ? each : first));
}

/** Older documents may lack fields that they do not use. */
function schemasOf(doors: Readonly<Record<string, { schema: JsonSchema }>> | null): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(doors ?? {}).map(([name, { schema }]) => [name, schema]));
}
