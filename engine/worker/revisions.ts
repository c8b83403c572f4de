/**
 * Decides which revision of its version hosts a run: the one that decided its last task, or the live one.
 *
 * Invariants:
 * - A run switches to the live revision with its next workflow task, and only if its whole history replays on it and
 *   the revision may take the run over. Otherwise the run stays on its own revision; that is no failure of the task.
 * - A run that goes on where another one continued as new is such a run, too: it begins on the live revision if that one
 *   takes what it carries, otherwise on the revision of the run before.
 * - A query never switches a run.
 * - What is remembered here only saves replays: after a restart the history names the revision of every run.
 */
import { LRUCache } from 'lru-cache';
import type { HistoryEvent } from '../history/api';
import type { RunKey } from '../run-name';
import type { WorkflowBundle } from './bundle/bundle';
import type { WorkflowTask } from './port';

/** The source of bundles: published versions, or a fixed set. */
export interface BundleSource {
  /** Without a revision: the bundle for runs that start now. Undefined for a type or a revision that is not there. */
  find(workflowType: string, revision?: string): WorkflowBundle | undefined;
  /**
   * Why a run may not continue on another revision of its version, although its history replays on it; null if it may.
   * Missing: every run may.
   */
  refuses?(workflowType: string, change: RevisionChange, history: readonly HistoryEvent[]): string | null;
  /** Calls the listener when a type became available or changed. Returns a function that removes the listener. */
  onChange(listener: () => void): () => void;
}

export interface RevisionChange {
  from: string;
  to: string;
}

export interface Choice {
  /** The code that decided the last task of the run. */
  own: WorkflowBundle;
  /** The code that hosts this task if the run can continue on it. Equal to `own` if there is nothing to switch to. */
  wanted: WorkflowBundle;
  live: WorkflowBundle;
}

const REMEMBERED = 50_000;

export class Revisions {
  /** The live bundle on which a run cannot continue, by run. */
  readonly #kept = new LRUCache<RunKey, string>({ max: REMEMBERED });
  /** The bundle to which a run switched last. */
  readonly #switched = new LRUCache<RunKey, string>({ max: REMEMBERED });

  constructor(private readonly bundles: BundleSource) {}

  choose(task: WorkflowTask): Choice {
    const { runKey, workflowType } = task.run;
    const live = this.bundles.find(workflowType);
    if (!live) throw new Error(`no published version serves the workflow type '${workflowType}'`);
    const isFirst = task.previousStartedEventId === 0;
    if (isFirst && task.revision === '') return { own: live, wanted: live, live };
    const own = this.bundles.find(workflowType, task.revision) ?? live;
    if (own.id === live.id || task.newEvents.length === 0) return { own, wanted: own, live };
    // The history does not name the live revision, so the task with which the run switched was refused by the engine.
    if (task.attempt > 1 && this.#switched.get(runKey) === live.id) this.keep(runKey, live);
    return { own, wanted: this.#kept.get(runKey) === live.id ? own : live, live };
  }

  /** See `BundleSource.refuses`. */
  refusal(workflowType: string, { own, wanted }: Choice, history: readonly HistoryEvent[]): string | null {
    const change = { from: own.revision, to: wanted.revision };
    return this.bundles.refuses?.(workflowType, change, history) ?? null;
  }

  /** The run stays on its own revision as long as this bundle is live. */
  keep(runKey: RunKey, { id }: WorkflowBundle): void {
    this.#kept.set(runKey, id);
  }

  switched(runKey: RunKey, { id }: WorkflowBundle): void {
    this.#switched.set(runKey, id);
  }
}
