/**
 * The sandboxes that host runs: one shared sandbox, and a few separate ones for runs whose activation had to be
 * ended. A run whose code does not return, or takes all memory, costs each other run one replay. From then on the run
 * is tried in a separate sandbox, one run at a time, where it can only delay similar runs.
 *
 * A run stays in a separate sandbox until it closes. Other runs of its workflow type are also placed in a separate
 * sandbox until one run of that type has returned, because runs that loop often come in large numbers. The shared
 * sandbox gives an activation half of the time, so that a run that is only slow gets all of the time in a separate
 * sandbox.
 */
import pLimit, { type LimitFunction } from 'p-limit';
import type { RunKey } from '../run-name';
import type { WorkflowTaskRun } from './port';
import { ActivationCrashError, ActivationTimeoutError, Sandbox } from './sandbox/sandbox';

export interface SandboxesOptions {
  /** How long one activation may take at most. */
  activationTimeoutMs: number;
  /** The heap limit of the shared sandbox; each separate sandbox gets a quarter of it. */
  maxHeapMb: number;
  /** Called when a sandbox was ended: its cached runs are lost. */
  onLost(sandbox: Sandbox): void;
}

interface Place {
  sandbox: Sandbox;
  /**
   * Limits the sandbox to one task at a time, so that no task waits for a thread that is being ended; null where
   * tasks run concurrently.
   */
  turn: LimitFunction | null;
}

/** The number of separate sandboxes: while one of them is blocked by a loop, the other one works. */
const APART = 2;
/** The maximum number of runs that are remembered for the separate sandboxes; the oldest are forgotten. */
const MAX_SUSPECTS = 10_000;

export class Sandboxes {
  /** The number of sandboxes that were ended because of a run, for tests and measurements. */
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

  /** Called when the run did not return from `place`. Returns true if it may be tried again in a separate sandbox. */
  suspect({ runKey, workflowType }: WorkflowTaskRun, place: Place, error: unknown): boolean {
    if (!(error instanceof ActivationTimeoutError || error instanceof ActivationCrashError)) return false;
    this.#suspects.delete(runKey);
    this.#suspects.add(runKey);
    const [oldest] = this.#suspects;
    if (this.#suspects.size > MAX_SUSPECTS && oldest !== undefined) this.#suspects.delete(oldest);
    this.#suspectTypes.add(workflowType);
    return place === this.#shared;
  }

  /** Called when a task of the run has returned. */
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

  get threads(): number {
    return this.#all().length;
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
