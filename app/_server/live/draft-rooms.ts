/**
 * Who has which draft open. Each web process keeps the visitors of its own sockets and reports them to the others,
 * which keep them until the next report; a process that ends without a word is forgotten after a while.
 *
 * Rules
 * [DP1] A visitor is shown from watching a draft to the end of that watch, or of the socket.
 * [DP2] Changes are sent after `GATHER_MS`, so that somebody who types costs a few messages a second.
 * [DP3] A process that becomes interested in a draft asks the others for their visitors.
 */
import { randomUUID } from 'node:crypto';
import type { DraftVisitor } from '@/app/_contract/live';

const GATHER_MS = 100;
const REPORT_EVERY_MS = 10_000;
const FORGOTTEN_MS = 25_000;
const PEOPLE_MOST = 100;

/** What a process reports about its visitors of a draft. */
export interface PresenceReport {
  process: string;
  id: string;
  people: DraftVisitor[];
  /** The others are asked to report theirs. */
  asks: boolean;
}
export interface DraftRoomsOptions {
  /** To the sockets of this process that watch the draft. */
  emit(id: string, people: DraftVisitor[]): void;
  /** To the other processes; null: there are none. */
  report: ((report: PresenceReport) => void) | null;
  now?: () => number;
}

export class DraftRooms {
  readonly #process = randomUUID();
  /** By draft, then by socket. */
  readonly #own = new Map<string, Map<string, DraftVisitor>>();
  /** By draft, then by process. */
  readonly #others = new Map<string, Map<string, { people: DraftVisitor[]; atMs: number }>>();
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  readonly #reports: NodeJS.Timeout;
  readonly #now: () => number;

  constructor(private readonly options: DraftRoomsOptions) {
    this.#now = options.now ?? Date.now;
    this.#reports = setInterval(() => this.repeat(), REPORT_EVERY_MS);
    this.#reports.unref();
  }

  /** Drafts that somebody watches here. */
  watched(): string[] {
    return [...this.#own.keys()];
  }

  /** [DP1] */
  enter(id: string, socketId: string, visitor: DraftVisitor): void {
    const own = this.#own.get(id);
    this.#own.set(id, (own ?? new Map<string, DraftVisitor>()).set(socketId, visitor));
    if (!own) this.options.report?.({ process: this.#process, id, people: [visitor], asks: true });
    this.#touch(id);
  }
  present(id: string, socketId: string, shown: Pick<DraftVisitor, 'selected' | 'typing'>): void {
    const own = this.#own.get(id);
    const visitor = own?.get(socketId);
    if (!own || !visitor || (visitor.selected === shown.selected && visitor.typing === shown.typing)) return;
    own.set(socketId, { ...visitor, ...shown });
    this.#touch(id);
  }
  leave(id: string, socketId: string): void {
    const own = this.#own.get(id);
    if (!own?.delete(socketId)) return;
    if (own.size === 0) this.#own.delete(id);
    this.#touch(id);
  }
  leaveAll(socketId: string): void {
    for (const id of this.watched()) this.leave(id, socketId);
  }

  /** Those of this process first; the same tab once, although its socket was replaced a moment ago. */
  people(id: string): DraftVisitor[] {
    const reported = [...(this.#others.get(id)?.values() ?? [])].filter((each) => !this.#isForgotten(each.atMs));
    const all = [...(this.#own.get(id)?.values() ?? []), ...reported.flatMap((each) => each.people)];
    const byTab = new Map(all.reverse().map((each) => [`${each.personId} ${each.tab}`, each]));
    return [...byTab.values()].reverse().slice(0, PEOPLE_MOST);
  }

  /** [DP3] */
  heard({ process, id, people, asks }: PresenceReport): void {
    const others = this.#others.get(id) ?? new Map<string, { people: DraftVisitor[]; atMs: number }>();
    if (people.length > 0) this.#others.set(id, others.set(process, { people, atMs: this.#now() }));
    else if (others.delete(process) && others.size === 0) this.#others.delete(id);
    const own = this.#own.get(id);
    if (!own) return;
    if (asks) this.#report(id);
    this.options.emit(id, this.people(id));
  }

  /** Reports all visitors again, and forgets processes that no longer do. */
  repeat(): void {
    for (const [id, others] of this.#others) {
      const gone = [...others].filter(([, { atMs }]) => this.#isForgotten(atMs));
      gone.forEach(([process]) => others.delete(process));
      if (others.size === 0) this.#others.delete(id);
      if (gone.length > 0 && this.#own.has(id)) this.options.emit(id, this.people(id));
    }
    for (const id of this.watched()) this.#report(id);
  }

  close(): void {
    clearInterval(this.#reports);
    if (this.#timer) clearTimeout(this.#timer);
    for (const id of this.watched()) {
      this.#own.delete(id);
      this.#report(id);
    }
  }

  #isForgotten(atMs: number): boolean {
    return this.#now() - atMs > FORGOTTEN_MS;
  }

  #report(id: string): void {
    const people = [...(this.#own.get(id)?.values() ?? [])];
    this.options.report?.({ process: this.#process, id, people, asks: false });
  }

  /** [DP2] */
  #touch(id: string): void {
    this.#changed.add(id);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const each of changed) {
        this.#report(each);
        this.options.emit(each, this.people(each));
      }
    }, GATHER_MS);
  }
}
