/**
 * Replays a whole history with a bundle, as the official `Worker.runReplayHistory` does, in a sandbox of its own. A
 * compatible fix of a published version must pass this check, and the histories that are kept for tests are checked
 * by it.
 */
import type { HistoryEvent } from '../history/api';
import type { temporal } from '../proto';
import type { WorkflowBundle } from './bundle/bundle';
import { HostedRun } from './hosted-run';
import type { WorkflowTaskRun } from './port';
import { Sandbox } from './sandbox/sandbox';

export { DeterminismViolation } from './core/determinism-violation';
export { ActivationError } from './hosted-run';

type History = temporal.api.history.v1.IHistory;

export interface ReplayOptions {
  /** The workflow id that the code sees; a history may not contain it. */
  workflowId?: string;
  namespace?: string;
}

/** Replays many histories on one bundle, one after another. The caller must `close` it. */
export class Replayer {
  readonly #sandbox: Sandbox;
  #lastKey = 0;

  constructor(
    private readonly bundle: WorkflowBundle,
    private readonly options: {
      activationTimeoutMs?: number;
      maxHeapMb?: number;
      /** Finds the place in the sources of a difference, at a tenth of the speed. */
      trace?: boolean;
      /** For histories that another revision made: see RunMachine. */
      strict?: boolean;
    } = {}
  ) {
    const { activationTimeoutMs = 10_000, maxHeapMb = 512 } = options;
    this.#sandbox = new Sandbox({ activationTimeoutMs, maxHeapMb, onLost: () => {} });
    this.#sandbox.load(bundle);
  }

  /**
   * Resolves if the code requests exactly what the history contains, task by task; for an open run, as far as its
   * history goes. Rejects with a DeterminismViolation (event id, expected, actual, origin in the sources), with an
   * ActivationError (`failure`) if the code throws, or with an ActivationTimeoutError or an ActivationCrashError if
   * the code does not return.
   */
  async replay(history: History, options: ReplayOptions = {}): Promise<void> {
    const events = comparable(history);
    const runKey = ++this.#lastKey;
    const { trace = true, strict = false } = this.options;
    const run = new HostedRun(this.#sandbox, aboutRun(events, runKey, options), this.bundle, { trace, strict });
    try {
      await run.replay(events);
      run.settle(events);
    } finally {
      this.#sandbox.dispose(runKey);
    }
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }
}

/** Replays one history; see Replayer.replay. */
export async function replayHistory(
  bundle: WorkflowBundle,
  history: History,
  options: ReplayOptions = {}
): Promise<void> {
  const replayer = new Replayer(bundle);
  try {
    await replayer.replay(history, options);
  } finally {
    await replayer.close();
  }
}

/** Removes the open task at the end, because there is nothing to compare that task with. */
function comparable({ events }: History): HistoryEvent[] {
  const isOpen = Boolean(events?.at(-1)?.workflowTaskStartedEventAttributes);
  return (events ?? []).slice(0, isOpen ? -1 : undefined);
}

function aboutRun(events: HistoryEvent[], runKey: number, options: ReplayOptions): WorkflowTaskRun {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  // The Started event of a run that was reset is that of its base. Each reset has written which run it makes.
  const resets = events.flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.newRunId || []);
  const runId = resets.at(-1) ?? started?.originalExecutionRunId ?? '';
  return {
    runKey,
    namespace: options.namespace ?? 'default',
    workflowId: options.workflowId || started?.workflowId || runId,
    runId,
    firstRunId: started?.firstExecutionRunId || runId,
    workflowType: started?.workflowType?.name ?? '',
    taskQueue: started?.taskQueue?.name ?? '',
  };
}
