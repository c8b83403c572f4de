/** A store in memory whose commits and whose news of a lost lease come when a test says so. */
import { MemoryStore } from '../../store/memory';
import { StoreUnavailableError, type LeasedStore } from '../../store/port';

/** Its next commit is blocked until the test lets it through, or lets the connection break. */
export class SlowStore extends MemoryStore {
  /** Whoever holds the lease is not told that it was taken. */
  isSilent = false;
  #next: Promise<'through' | 'broken'> | null = null;
  /** What happens while the next read of a history is under way: after it has read, before it is answered. */
  duringNextRead: (() => Promise<void>) | null = null;
  /** What happens after the row of a run was read, before it is answered. */
  afterNextFind: (() => Promise<void>) | null = null;
  /** What happens before the next read of a history. */
  beforeNextRead: (() => Promise<void>) | null = null;

  holdNextCommit(): (end: 'through' | 'broken') => void {
    let end!: (how: 'through' | 'broken') => void;
    this.#next = new Promise((resolve) => (end = resolve));
    return end;
  }
  override async acquire(holder: string): Promise<LeasedStore> {
    const { isSilent } = this;
    const lease = await super.acquire(holder, isSilent);
    const commit = lease.commit.bind(lease);
    lease.commit = async (runs) => {
      const held = this.#next;
      this.#next = null;
      if ((await held) === 'broken') throw new StoreUnavailableError('connection lost (simulated)');
      return commit(runs);
    };
    const findRun = lease.findRun.bind(lease);
    lease.findRun = async (...named) => {
      const run = await findRun(...named);
      const after = this.afterNextFind;
      this.afterNextFind = null;
      await after?.();
      return run;
    };
    const readHistory = lease.readHistory.bind(lease);
    lease.readHistory = async (...range) => {
      const before = this.beforeNextRead;
      this.beforeNextRead = null;
      await before?.();
      const batches = await readHistory(...range);
      const during = this.duringNextRead;
      this.duringNextRead = null;
      await during?.();
      return batches;
    };
    return lease;
  }
}
