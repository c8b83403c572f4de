/**
 * Published versions as the engine knows them, kept for a moment. A version never changes (design D6), so its content is
 * kept until others push it out; the list of versions is asked again after a second, or when something was published.
 */
import { unanswered } from '../engine';
import { LRUCache } from './lru';
import type { BackstitchClient, VersionContent, VersionMessage } from '@/engine/api/client';

const LIST_FRESH_MS = 1_000;
const CONTENTS_KEPT = 64;

export class VersionCatalogue {
  readonly #contents = new LRUCache<string, VersionContent>(CONTENTS_KEPT);
  #list: { at: number; versions: Promise<VersionMessage[]> } | null = null;
  #last: VersionMessage[] = [];

  constructor(
    private readonly client: Pick<BackstitchClient, 'listVersions' | 'getVersion'>,
    private readonly now: () => number = Date.now
  ) {}

  /** All versions of all flows, newest first within a flow. Rejects when the engine is away. */
  async list(): Promise<VersionMessage[]> {
    const now = this.now();
    if (!this.#list || now - this.#list.at > LIST_FRESH_MS) {
      const versions = this.client.listVersions().catch(unanswered);
      const entry = { at: now, versions };
      this.#list = entry;
      versions.catch(() => {
        if (this.#list === entry) this.#list = null;
      });
    }
    this.#last = await this.#list.versions;
    return this.#last;
  }

  /** The list as last heard, when it cannot be asked now. */
  async listOrLast(): Promise<VersionMessage[]> {
    return this.list().catch(() => this.#last);
  }

  changed(): void {
    this.#list = null;
  }

  /** Null for a workflow type that no version is known to have: a workflow that is no flow of this Backstitch, as far as can be told now. */
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

  /** Null surely is no flow of this Backstitch: what a flow declares and hides is not passed over because the engine is away. */
  async contentOfType(workflowType: string): Promise<VersionContent | null> {
    const version = ofType(this.#last, workflowType) ?? ofType(await this.list(), workflowType);
    return version ? this.content(version.flow, version.version, version.revision) : null;
  }
}

const ofType = (versions: VersionMessage[], workflowType: string): VersionMessage | null =>
  versions.find((each) => each.workflowType === workflowType) ?? null;
