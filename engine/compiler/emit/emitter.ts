/**
 * The context for emitting the code of a node. `emit/<kind>.ts` has one emitter each; `steps.ts` puts their code in
 * order.
 */
import type { Catalogue } from '../../flow/catalogue';
import type { FlowDocument } from '../../flow/document';
import type { FlowNode } from '../../flow/nodes/table';
import type { PivotPlace } from '../../flow/pivots';
import type { ActivityTypes } from './activity-types';
import type { Answers } from './answers';
import type { Outputs } from './outputs';
import type { StepOptions } from './step-options';
import type { Variables } from './variables';

export interface FlowContext {
  document: FlowDocument;
  catalogue: Catalogue;
  outputs: Outputs;
  activities: ActivityTypes;
  answers: Answers;
  options: StepOptions;
  pivots: ReadonlyMap<string, PivotPlace>;
  variables: Variables;
  /** The loops with which a next run of the chain may go on. */
  continuing: readonly FlowNode[];
  /** The name of what such a run has of the one before it. */
  carriedName: string;
}
export interface EmitContext extends FlowContext {
  /** A sequence inside the node, as statements. */
  steps(steps: readonly FlowNode[]): string;
  /** Declarations of outputs that are read after the functions which follow. */
  declare(nodes: readonly FlowNode[]): string;
  /** True if the node's output is declared, with its type, before the function of the node. */
  isDeclared(node: FlowNode): boolean;
}

/**
 * A node with an output is a call; a scope is a call with the handlers of its failures; any other node is a list of
 * statements.
 */
export type NodeEmitter<Node> = CallEmitter<Node> | ScopeEmitter<Node> | StatementsEmitter<Node>;
export interface CallEmitter<Node> {
  /** Without `await`. `handlers`: the list of its handlers, if it takes them and the node has any. */
  call(node: Node, context: EmitContext, handlers?: () => string): string;
  /** Its call takes the handlers of its failures, so that it needs no function around it. */
  takesHandlers?: true;
  /** Statements that depend on the output, such as the steps after a rejection; null for none. */
  follow(node: Node, context: EmitContext): string | null;
}
export interface ScopeEmitter<Node> {
  /** Without `await`. `handlers`: the list of its handlers, if it has any. */
  scope(node: Node, handlers: string | null, context: EmitContext): string;
}
interface StatementsEmitter<Node> {
  statements(node: Node, context: EmitContext): string;
}
