/** What an engine is made of. Composition roots and tests choose the store, the workers and the clock. */
import type { Logger } from 'pino';
import type { Store } from '../store/port';
import type { ActivityWorker, WorkflowWorker } from '../worker/port';
import type { Clock } from '../clock';
import type { EffectCounter } from './effect-counts';
import type { HintStream } from './watch';

export interface EngineOptions {
  store: Store;
  workflowWorker: WorkflowWorker;
  activityWorker: ActivityWorker;
  clock: Clock;
  hints: HintStream;
  log?: Logger;
  /** Names this process in the lease. */
  holder: string;
  /** Queue that the embedded worker serves. */
  taskQueue: string;
  maxHotRuns?: number;
  /** For so long `stop` waits for attempts that run: their outcomes are stored, and nothing new begins. 0 unless given. */
  drainMs?: number;
  /** Without one, nobody says what a run left behind that was closed without its code. */
  effectCounter?: EffectCounter;
}
