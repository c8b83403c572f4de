/**
 * Signals that a flow declares. They are kept from the first moment on, in the order in which they came, until a step takes them.
 *
 * Rules
 * [SG1] One recorded signal answers one wait.
 * [SG2] A signal whose payload does not fit its schema is ignored: whoever may call the cluster may send anything, and a run must not
 *       fail over it. It stays in the history, where screens find it.
 * [SG3] A signal with the key of an earlier one is the same event delivered again, and is ignored.
 * [SG4] A wait with a condition takes the first signal for which the condition holds; the others remain for other waits.
 */
import { defineSignal, setHandler } from '@temporalio/workflow';
import type { ExactNumbers } from './exact';
import { canonicalJson } from './sha256';
import { misfitOf, type ValueSchema } from './value-check';

export interface SignalDoor {
  schema?: ValueSchema;
  /** What tells one event from another, read off its payload. Without a key every signal is an event of its own. */
  key?(payload: unknown): unknown;
}

export class SignalInbox {
  readonly #kept = new Map<string, unknown[]>();

  constructor(private readonly exact: ExactNumbers) {}

  /** Once, when the saga begins. */
  listen(signals: Readonly<Record<string, SignalDoor>>): void {
    for (const [name, door] of Object.entries(signals)) {
      const kept: unknown[] = [];
      const keys = new Set<string>();
      this.#kept.set(name, kept);
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

  /** Takes the first signal for which the condition holds; null when there is none yet. Throws what the condition throws. */
  take(name: string, when: (payload: unknown) => boolean): { payload: unknown } | null {
    const kept = this.#kept.get(name) ?? [];
    const index = kept.findIndex(when);
    return index < 0 ? null : { payload: kept.splice(index, 1)[0] };
  }
}

/** Null where there is no key: an event without one is an event of its own. An expression that fails gives none either. */
function keyOf(payload: unknown, door: SignalDoor): string | null {
  try {
    const key = door.key?.(payload) ?? null;
    return key === null ? null : canonicalJson(key);
  } catch {
    return null;
  }
}
