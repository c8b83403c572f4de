/**
 * Proves histories on the code of a revision: each is replayed, and the effects that it has recorded must be undone as
 * before (revision-rules.ts). Many at a time, on a few sandboxes.
 */
import { cpus } from 'node:os';
import { temporal } from '../../proto';
import type { WorkflowBundle } from '../../worker/bundle/bundle';
import { ActivationError, DeterminismViolation, Replayer } from '../../worker/replay';
import { ActivationCrashError, ActivationTimeoutError, SandboxLostError } from '../../worker/sandbox/sandbox';
import { revisionOf } from '../effect-counter';
import { recordedConflict, type UndoChange } from '../revision-rules';
import { nondeterminism, type NodeTitles, type Verdict } from './verdict';

export interface Candidate {
  bundle: WorkflowBundle;
  /** By the revision that a run is on; '' for runs that name none. */
  changes: Readonly<Record<string, readonly UndoChange[]>>;
  titles: NodeTitles;
}

/** `batches`: encoded histories, in order. */
export interface Proof {
  namespace: string;
  workflowId: string;
  batches: readonly Uint8Array[];
}
export interface Proved {
  verdict: Verdict;
  /** The revision that decided the last task of the run; '' if that task names none. */
  revision: string;
}

const MAX_HEAP_MB = 256;
/** Other runs share the sandbox, so the replays of all of them are repeated when one of them ends it. */
const TRIES = 20;

export class Prover {
  readonly #replayers: Replayer[];
  #next = 0;

  constructor(
    private readonly candidate: Candidate,
    threads = Math.max(1, Math.min(4, cpus().length - 1))
  ) {
    const options = { maxHeapMb: MAX_HEAP_MB, trace: false, strict: true };
    this.#replayers = Array.from({ length: threads }, () => new Replayer(candidate.bundle, options));
  }

  async prove({ namespace, workflowId, batches }: Proof): Promise<Proved> {
    const events = batches.flatMap((bytes) => temporal.api.history.v1.History.decode(bytes).events);
    const revision = revisionOf(events);
    const conflict = recordedConflict(events, this.candidate.changes[revision] ?? []);
    if (conflict) {
      const { eventId, nodeId, why } = conflict;
      return { revision, verdict: { holds: false, eventId, nodeId, why } };
    }
    return { revision, verdict: await this.#replay(events, { namespace, workflowId }) };
  }

  async #replay(
    events: temporal.api.history.v1.IHistoryEvent[],
    about: { namespace: string; workflowId: string }
  ): Promise<Verdict> {
    for (let attempt = 1; ; attempt++) {
      const replayer = this.#replayers[this.#next++ % this.#replayers.length]!;
      try {
        await replayer.replay({ events }, about);
        return { holds: true };
      } catch (error) {
        if (error instanceof SandboxLostError && attempt < TRIES) continue;
        if (error instanceof DeterminismViolation)
          return { holds: false, ...nondeterminism(events, error, this.candidate.titles) };
        return { holds: false, eventId: null, nodeId: null, why: inOneSentence(error) };
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#replayers.map((replayer) => replayer.close()));
  }
}

function inOneSentence(error: unknown): string {
  if (error instanceof ActivationTimeoutError) return 'The revision does not come to an end in this run: it loops.';
  if (error instanceof ActivationCrashError) return 'The revision takes too much memory in this run.';
  const said = error instanceof ActivationError ? error.failure.message : String(error);
  return `The revision fails in this run: ${said ?? 'without a message'}`;
}
