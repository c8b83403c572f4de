/** A store in memory that ends its engine at a chosen commit, as a kill of the process does. */
import { MemoryStore } from '../../store/memory';
import { StoreUnavailableError, type RunCommit } from '../../store/port';

export class KillingStore extends MemoryStore {
  #tried = 0;

  /** `at`: the number of the commit; 'after': it was applied, and nobody hears of it. */
  constructor(private readonly kill: { at: number; when: 'before' | 'after'; onKilled(): void } | null) {
    super();
  }

  override apply(epoch: number, commits: readonly RunCommit[]): void {
    const { kill } = this;
    this.#tried++;
    if (this.#tried !== kill?.at) return super.apply(epoch, commits);
    if (kill.when === 'after') super.apply(epoch, commits);
    // From now on every commit of this engine is fenced.
    void this.acquire('the next engine');
    kill.onKilled();
    throw new StoreUnavailableError('the process was killed (simulated)');
  }
}
