/**
 * The signals that a flow declares. They are kept from the start of the run, in their order of arrival, until a step
 * takes them.
 *
 * Rules
 * [SG1] One recorded signal answers one wait.
 * [SG2] A signal whose payload does not match its schema is ignored: everybody who may call the cluster can send any
 *       payload, and a run must not fail because of it. It remains in the history, where screens find it.
 * [SG3] A signal with the key of an earlier one is a repeated delivery of the same event, and is ignored.
 * [SG4] A wait with a condition takes the first signal for which the condition is true; the others are kept for other
 *       waits.
 * [SG5] A wait without a timeout leaves no event and no timer. While it lasts, its node is in the current details of
 *       the run, which a worker can read after each activation.
 */
import { defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { Carried } from './carried';
import { SIGNAL_WAITS } from './contract';
import type { ExactNumbers } from './exact';
import { nodeIdOf } from './item-path';
import { canonicalJson } from './sha256';
import { misfitOf, type ValueSchema } from './value-check';

export interface SignalDoor {
  schema?: ValueSchema;
  /** The key of the event, computed from its payload. Without a key every signal is an event of its own. */
  key?(payload: unknown): unknown;
}

export class SignalInbox {
  readonly #kept = new Map<string, unknown[]>();
  readonly #keys = new Map<string, Set<string>>();
  /** Waits without a timeout by node; a node in a loop can wait for several items. */
  readonly #waits = new Map<string, number>();

  constructor(private readonly exact: ExactNumbers) {}

  /** Called once, when the saga begins. `carried`: of the run before it in the chain. */
  listen(signals: Readonly<Record<string, SignalDoor>>, carried: Carried['signals'] = {}): void {
    for (const [name, door] of Object.entries(signals)) {
      const before = carried[name];
      const kept: unknown[] = [...(before?.kept ?? [])];
      const keys = new Set<string>(before?.keys);
      this.#kept.set(name, kept);
      this.#keys.set(name, keys);
      setHandler(defineSignal<[unknown]>(name), (sent) => {
        const payload = this.exact.read(sent);
        if (door.schema && misfitOf(payload, door.schema)) return;
        const key = keyOf(payload, door);
        if (key !== null && keys.has(key)) return;
        if (key !== null) keys.add(key);
        kept.push(payload);
      });
    }
  }

  /** For the next run of the chain. */
  carry(): Carried['signals'] {
    return Object.fromEntries(
      [...this.#kept].map(([name, kept]) => [name, { kept: [...kept], keys: [...(this.#keys.get(name) ?? [])] }])
    );
  }

  /**
   * Takes the first signal for which the condition is true; null if there is none yet. Throws if the condition
   * throws.
   */
  take(name: string, when: (payload: unknown) => boolean): { payload: unknown } | null {
    const kept = this.#kept.get(name) ?? [];
    const index = kept.findIndex(when);
    return index < 0 ? null : { payload: kept.splice(index, 1)[0] };
  }

  /** A step begins to wait without a timeout. Returns how to say that it does not wait any more. [SG5] */
  waits(stepId: string): () => void {
    const nodeId = nodeIdOf(stepId);
    this.#count(nodeId, 1);
    return () => this.#count(nodeId, -1);
  }

  #count(nodeId: string, by: 1 | -1): void {
    const count = (this.#waits.get(nodeId) ?? 0) + by;
    if (count > 0) this.#waits.set(nodeId, count);
    else this.#waits.delete(nodeId);
    setCurrentDetails(this.#waits.size === 0 ? '' : SIGNAL_WAITS + [...this.#waits.keys()].join(', '));
  }
}

/** Null if there is no key: such a signal is an event of its own. An expression that throws gives no key either. */
function keyOf(payload: unknown, door: SignalDoor): string | null {
  try {
    const key = door.key?.(payload) ?? null;
    return key === null ? null : canonicalJson(key);
  } catch {
    return null;
  }
}
