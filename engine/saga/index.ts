/**
 * The saga library: besides `@temporalio/workflow` the only import of generated code. The library itself imports only
 * `@temporalio/workflow`. It runs inside workflows, on the bundled engine and on any Temporal cluster.
 */
export * from './contract';
export { saga } from './saga';
export { Saga } from './nodes';
export type { StepSpec, UndoSpec } from './step';
export type {
  /** @public Used by generated code. */
  ActivityCall,
} from './call';
export type {
  /** @public Used by generated code. */
  ApprovalResult,
} from './approval';
export type {
  /** @public Used by generated code. */
  Carried,
} from './carried';
export type { ApprovalSpec } from './decision';
export type {
  /** @public Used by generated code. */
  StartedChild,
} from './child';
export type { CaughtFailure } from './failures';
export type {
  /** @public Used by generated code. */
  ValueSchema,
} from './value-check';
