/**
 * A cache of the published versions in the engine. A version never changes (design D6), so its content is cached
 * until it is evicted; the list of versions is read again after a second, or after something was published.
 */
import { LRUCache } from 'lru-cache';
import { unanswered } from '../engine';
import { isBuiltIn } from '@/engine/flow/built-in';
import type { BackstitchClient, VersionContent, VersionMessage } from '@/engine/api/client';

const LIST_FRESH_MS = 1_000;
const CONTENTS_KEPT = 64;

export class VersionCatalogue {
  readonly #contents = new LRUCache<string, VersionContent>({ max: CONTENTS_KEPT });
  #list: { at: number; versions: Promise<VersionMessage[]> } | null = null;
  #last: VersionMessage[] = [];

  constructor(
    private readonly client: Pick<BackstitchClient, 'listVersions' | 'getVersion'>,
    private readonly now: () => number = Date.now
  ) {}

  /** All versions of all flows but those of the product itself, newest first within a flow. Rejects when the engine is away. */
  async list(): Promise<VersionMessage[]> {
    const now = this.now();
    if (!this.#list || now - this.#list.at > LIST_FRESH_MS) {
      const versions = this.client
        .listVersions()
        .then((all) => all.filter(({ flow }) => !isBuiltIn(flow)))
        .catch(unanswered);
      const entry = { at: now, versions };
      this.#list = entry;
      versions.catch(() => {
        if (this.#list === entry) this.#list = null;
      });
    }
    this.#last = await this.#list.versions;
    return this.#last;
  }

  /** The list of the last answer, if the engine does not answer now. */
  async listOrLast(): Promise<VersionMessage[]> {
    return this.list().catch(() => this.#last);
  }

  changed(): void {
    this.#list = null;
  }

  /**
   * Null if no published version with this workflow type is found, so that the workflow is not a flow of this
   * Backstitch as far as it is known now.
   */
  async byType(workflowType: string): Promise<VersionMessage | null> {
    return ofType(this.#last, workflowType) ?? ofType(await this.listOrLast(), workflowType);
  }

  async content(flow: string, version: number, revision: string): Promise<VersionContent> {
    const key = `${flow}/${version}/${revision}`;
    const kept = this.#contents.get(key);
    if (kept) return kept;
    const content = await this.client.getVersion(flow, version, revision).catch(unanswered);
    this.#contents.set(key, content);
    return content;
  }

  /**
   * Of one revision, or of the live one. As above, but null is certain: if the engine is away, it throws, so that
   * sensitive fields of a flow are never shown by mistake.
   */
  async contentOfType(workflowType: string, revision: string | null = null): Promise<VersionContent | null> {
    const version = ofType(this.#last, workflowType) ?? ofType(await this.list(), workflowType);
    return version ? this.content(version.flow, version.version, revision ?? version.revision) : null;
  }
}

const ofType = (versions: VersionMessage[], workflowType: string): VersionMessage | null =>
  versions.find((each) => each.workflowType === workflowType) ?? null;
