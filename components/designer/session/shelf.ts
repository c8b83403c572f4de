/**
 * Edits that are not answered yet, kept in this browser (IndexedDB), by draft, person and tab: so they survive a
 * reload, a crash of the browser and a flight. A tab that is open keeps a lock with its name; what closed tabs left is
 * taken over.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Kept } from './session-parts';

interface Shelves extends DBSchema {
  kept: {
    key: [draft: string, person: string, tab: string];
    value: Kept & { draft: string; person: string; tab: string };
  };
}
const NAME = 'backstitch-drafts';

export class Shelf {
  #database: Promise<IDBPDatabase<Shelves> | null>;
  #wanted: Kept | null = null;
  #writing = false;
  #release = () => {};

  constructor(
    private readonly draft: string,
    private readonly person: string,
    private readonly tab: string
  ) {
    // Without storage (private windows of some browsers) edits are kept in memory only.
    this.#database = openDB<Shelves>(NAME, 1, {
      upgrade: (database) => void database.createObjectStore('kept', { keyPath: ['draft', 'person', 'tab'] }),
    }).catch(() => null);
    const held = new Promise<void>((release) => (this.#release = release));
    void globalThis.navigator.locks?.request(lockOf(tab), () => held);
  }

  /** Writes the newest state; those in between are skipped. */
  async keep(kept: Kept): Promise<void> {
    this.#wanted = kept;
    if (this.#writing) return;
    this.#writing = true;
    try {
      const database = await this.#database;
      while (database && this.#wanted) {
        const { pending, held, about } = this.#wanted;
        this.#wanted = null;
        if (pending.length + held.length === 0) await database.delete('kept', this.#key);
        else
          await database.put('kept', { pending, held, about, draft: this.draft, person: this.person, tab: this.tab });
      }
    } catch {
      /* A full disk: the edits are sent all the same, and shown as not saved until then. */
    } finally {
      this.#writing = false;
    }
  }

  /** What tabs that are closed have left. `drop` removes it there, when it is kept for this tab. */
  async left(): Promise<Kept & { drop: () => Promise<void> }> {
    const all = { pending: [], held: [], about: {} } as Required<Kept>;
    const others: [string, string, string][] = [];
    const database = await this.#database;
    const drop = async () => {
      for (const key of others) await database?.delete('kept', key);
    };
    if (!database) return { ...all, drop };
    const open = new Set((await globalThis.navigator.locks?.query())?.held?.map(({ name }) => name));
    const from = [this.draft, this.person, ''] as const;
    const to = [this.draft, this.person, '\uffff'] as const;
    for (const each of await database.getAll('kept', IDBKeyRange.bound([...from], [...to]))) {
      if (each.tab !== this.tab && open.has(lockOf(each.tab))) continue;
      all.pending.push(...each.pending);
      all.held.push(...each.held);
      all.about = { ...all.about, ...each.about };
      if (each.tab !== this.tab) others.push([each.draft, each.person, each.tab]);
    }
    return { ...all, drop };
  }

  close(): void {
    this.#release();
    void this.#database.then((database) => database?.close());
  }

  get #key(): [string, string, string] {
    return [this.draft, this.person, this.tab];
  }
}

const lockOf = (tab: string) => `backstitch-draft-tab:${tab}`;
