/**
 * Exports the traces of closed runs, after the fact: it follows the log of changes (visibility/change.ts), and reads the
 * history of each run that closed.
 *
 * Rules
 * [TRC5] At least once: the position in the log moves only after the receiver took the spans. An engine that is killed in
 *        between sends them again, with the same ids.
 * [TRC6] A receiver that is away slows no run: nothing waits for an export. It is asked again after one second, two and so on
 *        up to a minute. One run is in memory at a time, and at most MOST_AT_ONCE spans are sent at once.
 * [TRC7] A run that was deleted before its trace was exported has none, and one whose spans the receiver will never take is
 *        passed over: both are logged, and those after it come.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import type { HistoryEvent } from '../history';
import type { RunAddress } from '../run-name';
import type { ChangePage } from '../store/port';
import type { ChangePosition } from '../visibility/change';
import { spansOf, type Span } from './spans';

export interface TraceSource extends Clock {
  readonly holdsLease: boolean;
  changes(query: { namespace: string; after: ChangePosition; limit: number }): Promise<ChangePage>;
  /** Null: from now on. */
  changesSince(timeMs: number | null): Promise<ChangePosition>;
  /** Null for a run that is not stored any more. */
  history(run: RunAddress): Promise<HistoryEvent[] | null>;
}

/** What became of spans: taken, refused for ever, or to be sent again. */
export type Taken = 'taken' | 'refused' | 'away';

export interface TraceExporterOptions {
  namespace: string;
  flowOf(workflowType: string): string | undefined;
  /** Never rejects. */
  send(spans: readonly Span[]): Promise<Taken>;
  /** Where the export is in the log, across restarts; null before the first time. */
  position: { read(): Promise<ChangePosition | null>; write(position: ChangePosition): Promise<void> };
  log?: Logger;
}

const LOOK_MS = 1_000;
const PAGE = 100;
const MOST_AT_ONCE = 500;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 60_000;

export class TraceExporter {
  #cancel: (() => void) | null = null;
  #position: ChangePosition | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #working: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(
    private readonly source: TraceSource,
    private readonly options: TraceExporterOptions
  ) {}

  start(): void {
    this.#later(LOOK_MS);
  }

  /** What is being sent is not waited for longer than its receiver takes it; the rest comes after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#working;
  }

  #later(ms: number): void {
    if (this.#isStopped) return;
    this.#cancel = this.source.after(ms, () => {
      this.#working = this.#look().then(
        (isAway) => this.#later(isAway ? this.#pause() : LOOK_MS),
        (error: unknown) => {
          this.options.log?.debug({ err: error }, 'traces cannot be exported now');
          this.#later(this.#pause());
        }
      );
    });
  }

  #pause(): number {
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(2 * pause, LAST_PAUSE_MS);
    return pause;
  }

  /** Resolves to true if the receiver is away. */
  async #look(): Promise<boolean> {
    if (!this.source.holdsLease) {
      // Another engine goes on meanwhile.
      this.#position = null;
      return false;
    }
    const { namespace, position } = this.options;
    this.#position ??= (await position.read()) ?? (await this.#begin());
    for (;;) {
      const { changes, through, isEnd } = await this.source.changes({ namespace, after: this.#position, limit: PAGE });
      for (const change of changes) {
        if (this.#isStopped) return false;
        if (change.closes && !(await this.#export(change, change.workflowType))) return true;
        if (change.closes) await this.#moved({ epoch: change.epoch, number: change.number });
      }
      await this.#moved(through);
      if (isEnd || this.#isStopped) return false;
    }
  }

  async #begin(): Promise<ChangePosition> {
    const position = await this.source.changesSince(null);
    await this.options.position.write(position);
    return position;
  }

  async #moved(to: ChangePosition): Promise<void> {
    const from = this.#position;
    if (from && from.epoch === to.epoch && from.number === to.number) return;
    await this.options.position.write(to);
    this.#position = to;
  }

  /** Resolves to false if the receiver is away. */
  async #export(run: RunAddress, workflowType: string): Promise<boolean> {
    const { namespace, workflowId, runId } = run;
    const { log, flowOf, send } = this.options;
    const events = await this.source.history(run);
    if (!events) {
      log?.info({ workflowId, runId }, 'the run was deleted before its trace was exported');
      return true;
    }
    const spans = spansOf({ namespace, workflowId, runId, flow: flowOf(workflowType) }, events);
    for (let at = 0; at < spans.length; at += MOST_AT_ONCE) {
      const taken = await send(spans.slice(at, at + MOST_AT_ONCE));
      if (taken === 'away') return false;
      if (taken === 'refused') log?.warn({ workflowId, runId }, 'the receiver of traces refuses the spans of this run');
    }
    this.#pauseMs = FIRST_PAUSE_MS;
    return true;
  }
}
