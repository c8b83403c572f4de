/**
 * AbortController and its related classes (DOM standard). All of it runs inside the realm, without timers of the
 * host.
 */

type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };
interface ListenerOptions {
  once?: boolean;
  signal?: AbortSignal;
}

/** The value of `signal.reason` if no reason was passed. */
class AbortError extends Error {
  override readonly name = 'AbortError';
  readonly code = 20;
  get [Symbol.toStringTag](): string {
    return 'DOMException';
  }
}

class Event {
  readonly type: string;
  readonly cancelable = false;
  readonly bubbles = false;
  readonly defaultPrevented = false;
  target: EventTarget | null = null;
  #stopped = false;

  constructor(type: unknown) {
    this.type = String(type);
  }
  get currentTarget(): EventTarget | null {
    return this.target;
  }
  preventDefault(): void {}
  stopPropagation(): void {}
  stopImmediatePropagation(): void {
    this.#stopped = true;
  }
  static isStopped(event: Event): boolean {
    return event.#stopped;
  }
}

class EventTarget {
  readonly #listeners = new Map<string, Map<Listener, { once: boolean }>>();

  addEventListener(type: unknown, listener: Listener | null, options?: ListenerOptions | boolean): void {
    if (!listener) return;
    const { once = false, signal } = typeof options === 'object' ? options : {};
    if (signal?.aborted) return;
    const name = String(type);
    const listeners = this.#listeners.get(name) ?? new Map<Listener, { once: boolean }>();
    this.#listeners.set(name, listeners);
    if (!listeners.has(listener)) listeners.set(listener, { once });
    signal?.addEventListener('abort', () => this.removeEventListener(name, listener), { once: true });
  }
  removeEventListener(type: unknown, listener: Listener | null): void {
    if (listener) this.#listeners.get(String(type))?.delete(listener);
  }
  dispatchEvent(event: Event): boolean {
    event.target = this;
    const listeners = this.#listeners.get(event.type);
    for (const [listener, { once }] of [...(listeners ?? [])]) {
      if (!listeners?.has(listener)) continue;
      if (once) listeners.delete(listener);
      if (typeof listener === 'function') listener.call(this, event);
      else listener.handleEvent(event);
      if (Event.isStopped(event)) break;
    }
    return true;
  }
}

const CREATE = Symbol('create');

export class AbortSignal extends EventTarget {
  #reason: { value: unknown } | null = null;
  #dependents: AbortSignal[] = [];
  #onabort: ((event: Event) => void) | null = null;
  #isHandled = false;

  constructor(key: symbol) {
    if (key !== CREATE) throw new TypeError('Illegal constructor');
    super();
  }
  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(CREATE);
    AbortSignal.trigger(signal, reason, CREATE);
    return signal;
  }
  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const signal = new AbortSignal(CREATE);
    const sources = [...signals];
    const aborted = sources.find((source) => source.aborted);
    if (aborted) AbortSignal.trigger(signal, aborted.reason, CREATE);
    else for (const source of sources) source.#dependents.push(signal);
    return signal;
  }
  /** Only a controller may. */
  static trigger(signal: AbortSignal, reason: unknown, key: symbol): void {
    if (key !== CREATE || signal.#reason) return;
    const value = reason === undefined ? new AbortError('This operation was aborted') : reason;
    signal.#reason = { value };
    for (const dependent of signal.#dependents.splice(0)) AbortSignal.trigger(dependent, value, CREATE);
    signal.dispatchEvent(new Event('abort'));
  }

  get onabort(): ((event: Event) => void) | null {
    return this.#onabort;
  }
  set onabort(handler: ((event: Event) => void) | null) {
    this.#onabort = typeof handler === 'function' ? handler : null;
    // The handler keeps the position among the listeners that it got when it was first set.
    if (this.#isHandled || !this.#onabort) return;
    this.#isHandled = true;
    this.addEventListener('abort', (event) => this.#onabort?.call(this, event));
  }
  get aborted(): boolean {
    return this.#reason !== null;
  }
  get reason(): unknown {
    return this.#reason?.value;
  }
  throwIfAborted(): void {
    if (this.#reason) throw this.#reason.value;
  }
  get [Symbol.toStringTag](): string {
    return 'AbortSignal';
  }
}

export class AbortController {
  readonly #signal = new AbortSignal(CREATE);

  get signal(): AbortSignal {
    return this.#signal;
  }
  abort(reason?: unknown): void {
    AbortSignal.trigger(this.#signal, reason, CREATE);
  }
  get [Symbol.toStringTag](): string {
    return 'AbortController';
  }
}
