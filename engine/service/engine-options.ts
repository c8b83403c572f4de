/** The parts of an engine. Composition roots and tests choose the store, the workers and the clock. */
import type { Logger } from 'pino';
import type { Rules } from '../history';
import type { Store } from '../store/port';
import type { ActivityWorker, WorkflowWorker } from '../worker/port';
import type { MachineClock } from '../clock';
import type { EffectCounter } from './effect-counts';
import type { Meter } from './meter';
import type { StepTimes } from './step-times';
import type { HintStream } from './watch';

export interface EngineOptions {
  store: Store;
  workflowWorker: WorkflowWorker;
  activityWorker: ActivityWorker;
  clock: MachineClock;
  hints: HintStream;
  log?: Logger;
  /** Names this process in the lease. */
  holder: string;
  /** Queue that the embedded worker serves. */
  taskQueue: string;
  maxHotRuns?: number;
  /** The registered search attributes of a namespace: IndexedValueType numbers by name. */
  searchAttributesOf: (namespace: string) => Readonly<Record<string, number>>;
  /** How long `stop` waits for running attempts, whose outcomes are stored while nothing new begins. Default: 0. */
  drainMs?: number;
  /** Without it, the effects of runs that were closed without running their code are not counted. */
  effectCounter?: EffectCounter;
  /** True for workflow types with sensitive values, which the message of an error may quote. */
  hidesErrors?: (workflowType: string) => boolean;
  /** As `Rules.stepOfExpression`; undefined: the type is no published flow. */
  stepOfExpression?: (...of: Parameters<Rules['stepOfExpression']>) => string | null | undefined;
  /** At how many events of a history a run is told to continue as new; otherwise as a Temporal server. */
  suggestsNewRunAt?: number;
  meter?: Meter;
  /** Counts how long the steps of published flows take. Closed before the lease is given up. */
  stepTimes?: Pick<StepTimes, 'ended' | 'close'>;
}
