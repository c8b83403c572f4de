/** Ends its engine at a chosen write to any store, as a kill of the process does. In memory: killing-store.ts. */
import type { RunKey } from '../../run-name';
import { StoreUnavailableError, type LeasedStore, type RunCommit, type Store } from '../../store/port';

/** `at`: the number of the write; 'after': it was applied, and nobody hears of it. */
export interface Kill {
  at: number;
  when: 'before' | 'after';
}

export class FatalStore implements Store {
  /** How many commits, deletions and writes of schedules and batches there were. */
  writes = 0;
  /** Calls that are not answered yet. */
  underWay = 0;
  /** Keys that were given to two runs. */
  readonly reused: RunKey[] = [];
  readonly #keys = new Map<RunKey, string>();

  constructor(
    private readonly inner: Store,
    private readonly kill: (Kill & { onKilled(): void }) | null
  ) {}

  close(): Promise<void> {
    return this.inner.close();
  }

  async acquire(holder: string): Promise<LeasedStore> {
    const lease = await this.inner.acquire(holder);
    const own: Partial<LeasedStore> = {
      commit: async (runs) => {
        await this.#write(() => lease.commit(runs));
        for (const run of runs) this.#given(run);
      },
      deleteRun: (runKey) => this.#write(() => lease.deleteRun(runKey)),
      writeSchedule: (schedule) => this.#write(() => lease.writeSchedule(schedule)),
      writeBatch: (batch, results) => this.#write(() => lease.writeBatch(batch, results)),
      deleteSchedule: (address) => this.#write(() => lease.deleteSchedule(address)),
    };
    return new Proxy(lease, {
      get: (target, name) => {
        const value: unknown = Reflect.get(own, name) ?? Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const answer: unknown = value.apply(target, args);
          if (!(answer instanceof Promise)) return answer;
          this.underWay++;
          return answer.finally(() => this.underWay--);
        };
      },
    });
  }

  async #write(write: () => Promise<void>): Promise<void> {
    const { kill } = this;
    this.writes++;
    if (this.writes !== kill?.at) return write();
    if (kill.when === 'after') await write();
    // From now on every write of this engine is fenced.
    const next = await this.inner.acquire('the next engine');
    await next.release();
    kill.onKilled();
    throw new StoreUnavailableError('the process was killed (simulated)');
  }

  #given({ runKey, create }: RunCommit): void {
    if (!create) return;
    if ((this.#keys.get(runKey) ?? create.runId) !== create.runId) this.reused.push(runKey);
    this.#keys.set(runKey, create.runId);
  }
}
