/**
 * Where runs are hosted: one sandbox for all, and a few apart for runs that had to be ended there. A run whose code does not come back,
 * or takes all memory, costs the others a replay once; from then on it is tried apart, one run at a time in each, where it can cost
 * only others like it.
 *
 * A run stays apart until it closes. Other runs of its workflow type go apart too, until one of that type has come back: runs that loop
 * come in numbers. The shared sandbox gives an activation half of the time, so that a run that is only slow is tried apart with all of it.
 */
import pLimit, { type LimitFunction } from 'p-limit';
import type { RunKey } from '../store/port';
import type { WorkflowTaskRun } from './port';
import { ActivationCrashError, ActivationTimeoutError, Sandbox } from './sandbox/sandbox';

export interface SandboxesOptions {
  /** How long one activation may take at most. */
  activationTimeoutMs: number;
  /** Of the shared sandbox; those apart get a quarter each. */
  maxHeapMb: number;
  /** A sandbox was ended: its cached runs are gone. */
  onLost(sandbox: Sandbox): void;
}

interface Place {
  sandbox: Sandbox;
  /** One task at a time, so that nobody waits for a thread that is being ended; null where tasks run together. */
  turn: LimitFunction | null;
}

/** Sandboxes apart: while one waits for a loop to be ended, the other serves. */
const APART = 2;
/** Runs that are remembered as to be kept apart; the oldest are forgotten. */
const MAX_SUSPECTS = 10_000;

export class Sandboxes {
  /** Sandboxes that were ended because of a run, for whoever measures. */
  readonly ended = { shared: 0, apart: 0 };
  readonly #shared: Place;
  readonly #apart: Place[] = [];
  readonly #suspects = new Set<RunKey>();
  readonly #suspectTypes = new Set<string>();
  #closed = false;

  constructor(private readonly options: SandboxesOptions) {
    const sandbox = this.#make('shared', options.activationTimeoutMs / 2, options.maxHeapMb);
    this.#shared = { sandbox, turn: null };
  }

  place({ runKey, workflowType }: WorkflowTaskRun): Place {
    if (!this.#suspects.has(runKey) && !this.#suspectTypes.has(workflowType)) return this.#shared;
    const { activationTimeoutMs, maxHeapMb } = this.options;
    const index = runKey % APART;
    const sandbox = () => this.#make('apart', activationTimeoutMs, Math.max(64, maxHeapMb / 4));
    return (this.#apart[index] ??= { sandbox: sandbox(), turn: pLimit(1) });
  }

  /** The run did not come back from `place`. True when it may be tried again, apart. */
  suspect({ runKey, workflowType }: WorkflowTaskRun, place: Place, error: unknown): boolean {
    if (!(error instanceof ActivationTimeoutError || error instanceof ActivationCrashError)) return false;
    this.#suspects.delete(runKey);
    this.#suspects.add(runKey);
    const [oldest] = this.#suspects;
    if (this.#suspects.size > MAX_SUSPECTS && oldest !== undefined) this.#suspects.delete(oldest);
    this.#suspectTypes.add(workflowType);
    return place === this.#shared;
  }

  /** A task of the run has come back. */
  cameBack({ workflowType }: WorkflowTaskRun): void {
    this.#suspectTypes.delete(workflowType);
  }

  unload(bundleId: string): void {
    for (const { sandbox } of this.#all()) sandbox.unload(bundleId);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#all().map(({ sandbox }) => sandbox.close()));
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  #all(): Place[] {
    return [this.#shared, ...this.#apart.filter(Boolean)];
  }

  #make(kind: keyof Sandboxes['ended'], activationTimeoutMs: number, maxHeapMb: number): Sandbox {
    const sandbox: Sandbox = new Sandbox({
      activationTimeoutMs,
      maxHeapMb,
      strictAfterKill: kind === 'shared',
      onLost: () => {
        if (!this.#closed) this.ended[kind] += 1;
        this.options.onLost(sandbox);
      },
    });
    return sandbox;
  }
}
