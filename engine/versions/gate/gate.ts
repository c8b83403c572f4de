/**
 * One check of a revision: all open runs of its version are replayed on its code.
 *
 * Runs that move on or start during a round are proved in the next one, so that after a few short rounds nearly all of
 * them are proved as they are. Those that move on even later are proved when they switch (worker/revisions.ts): this
 * check decides whether the revision goes live, and no run depends on it for its safety.
 */
import type { RunAddress } from '../../run-name';
import type { OpenRun, OpenRuns } from '../../service/open-runs';
import type { Breaking, GatePhase, GateReport } from './report';
import type { Proving } from './proving-process';
import type { Conflict } from './verdict';

/** Rounds after the first one. */
const CATCH_UP = 3;
const LISTED = 500;

type Found = { revision: string; run: OpenRun; conflict: Conflict | null };

export type About = Pick<
  GateReport,
  'id' | 'flow' | 'version' | 'workflowType' | 'revision' | 'live' | 'rollback' | 'changes'
> & { titles: Readonly<Record<string, string>> };

export class Gate {
  #phase: GatePhase = 'checking';
  #message = '';
  #total = 0;
  #proved = 0;
  /** By run. */
  readonly #found = new Map<string, Found>();
  /** Runs that moved on since they were read; only runs that were read. */
  readonly #moved = new Set<string>();
  readonly #reading = new Set<string>();
  #proving: Proving | null = null;
  readonly #unsubscribe: () => void;

  constructor(
    readonly about: About,
    private readonly runs: OpenRuns,
    private readonly open: () => Proving
  ) {
    this.#unsubscribe = runs.onChange((run) => {
      const key = keyOf(run);
      if (this.#found.has(key) || this.#reading.has(key)) this.#moved.add(key);
    });
  }

  get phase(): GatePhase {
    return this.#phase;
  }

  /** Never rejects: a failure is part of the report. */
  async check(): Promise<void> {
    this.#become('checking');
    try {
      for (let round = 0; round <= CATCH_UP; round++) if ((await this.#round()) === 0) break;
      this.#become('checked');
    } catch (error) {
      this.#become('failed', error instanceof Error ? error.message : String(error));
    } finally {
      this.#proving?.close();
      this.#proving = null;
    }
  }

  end(message: string): void {
    this.#become('ended', message);
    this.#proving?.close();
    this.#unsubscribe();
  }

  wentLive(): void {
    this.#become('live');
    this.#unsubscribe();
  }

  /** Replays what is new or has moved on. Returns how many runs that were. */
  async #round(): Promise<number> {
    const listed = new Set<string>();
    const proofs: Promise<void>[] = [];
    let proved = 0;
    for await (const page of this.runs.list(this.about.workflowType)) {
      for (const run of page) {
        const key = keyOf(run);
        listed.add(key);
        if (this.#found.has(key) && !this.#moved.has(key)) continue;
        proved += 1;
        const proof = this.#prove(run, key);
        // It is reported below; here it must not count as a rejection that nobody handles.
        proof.catch(() => {});
        proofs.push(proof);
      }
      this.#total = Math.max(this.#total, listed.size);
    }
    this.#total = listed.size;
    await Promise.all(proofs);
    for (const key of this.#found.keys())
      if (!listed.has(key)) {
        // It has closed.
        this.#found.delete(key);
        this.#moved.delete(key);
      }
    this.#proved = this.#found.size;
    return proved;
  }

  async #prove(run: OpenRun, key: string): Promise<void> {
    const { namespace, workflowId } = run;
    if (this.#phase === 'ended') throw new Error(this.#message);
    const proving = (this.#proving ??= this.open());
    const { verdict, revision } = await proving.prove(async () => {
      // From now on a change counts as one that this proof has not seen.
      this.#moved.delete(key);
      this.#reading.add(key);
      return { namespace, workflowId, batches: await this.runs.history(run) };
    });
    this.#reading.delete(key);
    this.#found.set(key, { revision, run, conflict: verdict.holds ? null : verdict });
    this.#proved = this.#found.size;
  }

  #become(phase: GatePhase, message = ''): void {
    if (this.#phase === 'ended') return;
    this.#phase = phase;
    this.#message = message;
  }

  report(): GateReport {
    const { titles, ...about } = this.about;
    const broken = [...this.#found.values()].flatMap(({ run, revision, conflict }): Breaking[] => {
      if (!conflict) return [];
      const { namespace, workflowId, runId } = run;
      const { eventId, nodeId, why } = conflict;
      return [{ namespace, workflowId, runId, revision, eventId, nodeId, why }];
    });
    const nodes = new Map<string | null, number>();
    for (const { nodeId } of broken) nodes.set(nodeId, (nodes.get(nodeId) ?? 0) + 1);
    return {
      ...about,
      phase: this.#phase,
      message: this.#message,
      total: Math.max(this.#total, this.#found.size),
      proved: this.#proved,
      holding: this.#found.size - broken.length,
      breaking: broken.length,
      breakingRuns: broken.slice(0, LISTED),
      breakingNodes: [...nodes]
        .map(([nodeId, runs]) => ({ nodeId, title: nodeId === null ? '' : (titles[nodeId] ?? nodeId), runs }))
        .sort((a, b) => b.runs - a.runs),
    };
  }
}

const keyOf = ({ namespace, workflowId, runId }: RunAddress): string => `${namespace}\0${workflowId}\0${runId}`;
