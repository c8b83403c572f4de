/**
 * AsyncLocalStorage, with which the library implements its cancellation scopes. The host carries the store from
 * promise to promise. A storage that a run opened is closed with the run.
 */
import { bridge, type Handle } from './bridge';
import { currentActivator } from './current';

type Outcome<T> = { value: T } | { error: unknown } | null;

/** Calls `work` through the host. The result or the error of `work` does not pass through the host. */
function through<T>(host: (work: () => void) => void, work: () => T): T {
  let outcome: Outcome<T> = null;
  host(() => {
    try {
      outcome = { value: work() };
    } catch (error) {
      outcome = { error };
    }
  });
  const settled = outcome as Outcome<T>;
  if (settled === null) throw new RangeError('Maximum call stack size exceeded');
  if ('error' in settled) throw settled.error;
  return settled.value;
}

export class AsyncLocalStorage<Store> {
  readonly #storage: Handle = bridge.openStorage();

  constructor() {
    currentActivator()?.workflowSandboxDestructors.push(() => this.disable());
  }

  static bind<Args extends unknown[], T>(work: (...args: Args) => T): (...args: Args) => T {
    const run = AsyncLocalStorage.snapshot();
    return (...args) => run(work, ...args);
  }
  static snapshot(): <Args extends unknown[], T>(work: (...args: Args) => T, ...args: Args) => T {
    const snapshot = bridge.openSnapshot();
    return (work, ...args) =>
      through(
        (inside) => bridge.runSnapshot(snapshot, inside),
        () => work(...args)
      );
  }

  getStore(): Store | undefined {
    return bridge.readStorage(this.#storage) as Store | undefined;
  }
  run<Args extends unknown[], T>(store: Store | undefined, work: (...args: Args) => T, ...args: Args): T {
    return through(
      (inside) => bridge.runStorage(this.#storage, store, inside),
      () => work(...args)
    );
  }
  exit<Args extends unknown[], T>(work: (...args: Args) => T, ...args: Args): T {
    return this.run(undefined, work, ...args);
  }
  enterWith(store: Store): void {
    bridge.enterStorage(this.#storage, store);
  }
  disable(): void {
    bridge.closeStorage(this.#storage);
  }
}
