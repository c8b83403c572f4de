/**
 * The saga library: the one thing that generated code imports besides `@temporalio/workflow`, which is all that it imports itself.
 * It runs inside workflows, here as on any Temporal cluster.
 */
export * from './contract';
export { saga } from './saga';
export { Saga } from './nodes';
export type { StepSpec, UndoSpec } from './step';
export type {
  /** @public Generated code names it. */
  ActivityCall,
} from './call';
export type {
  /** @public Generated code names it. */
  ApprovalResult,
  ApprovalSpec,
} from './approval';
export type { CaughtFailure } from './failures';
export type {
  /** @public Generated code names it. */
  ValueSchema,
} from './value-check';
