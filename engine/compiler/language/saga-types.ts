/**
 * What generated code sees of its two imports, and of the language beside the methods of expressions (library.ts), as
 * declarations: the browser checks the code of a draft with them. flow-check.test.ts compares them with the saga
 * library and with TypeScript's own.
 */

/** Added to LIBRARY: what code, and not only expressions, needs. */
export const CODE_LIBRARY = `
type Partial<T> = { [P in keyof T]?: T[P] };
type Readonly<T> = { readonly [P in keyof T]: T[P] };
interface PromiseLike<T> {
  then<R1 = T, R2 = never>(
    onfulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onrejected?: ((reason: any) => R2 | PromiseLike<R2>) | null
  ): PromiseLike<R1 | R2>;
}
interface Promise<T> {
  then<R1 = T, R2 = never>(
    onfulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onrejected?: ((reason: any) => R2 | PromiseLike<R2>) | null
  ): Promise<R1 | R2>;
}
interface PromiseConstructor {
  new <T>(executor: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: any) => void) => void): Promise<T>;
}
declare var Promise: PromiseConstructor;
declare var Infinity: number;
type Awaited<T> = T extends null | undefined
  ? T
  : T extends object & { then(onfulfilled: infer F, ...args: infer _): any }
    ? F extends (value: infer V, ...args: infer _) => any
      ? Awaited<V>
      : never
    : T;
`;

/** The options are made by the compiler from fields that validation has checked. */
export const WORKFLOW_TYPES = `export interface ActivityOptions { [option: string]: any }`;

export const SAGA_TYPES = `
import type { ActivityOptions } from '@temporalio/workflow';
export interface ValueSchema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  properties?: Readonly<Record<string, ValueSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean | ValueSchema;
  items?: ValueSchema;
  enum?: readonly (string | number | boolean)[];
  const?: string | number | boolean | null;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}
export interface ActivityCall { idempotencyKey: string; forwardKey?: string; hasEffect: boolean; output?: unknown }
type HowMany = 'all' | 'inSequence' | number;
interface OfferedDecision { key: string; title: string; turnsBack?: boolean; requireComment?: boolean; form?: unknown }
export interface ApprovalResult { decision: 'approve' | 'reject'; comment: string; decidedBy: string | null }
type Duration = number | string;
type Priority = 'low' | 'normal' | 'high' | 'urgent';
interface Reminders { before?: readonly Duration[]; every?: Duration }
interface Escalation { after: Duration; to: readonly string[]; instead?: boolean }
type People = string | null | undefined | readonly (string | null | undefined)[];
export interface ApprovalSpec {
  id: string;
  title: string;
  question: string;
  candidates?: string[];
  candidatesFrom?: People;
  data: unknown;
  schema?: unknown;
  requireComment: 'never' | 'onReject' | 'always';
  decisions?: readonly OfferedDecision[];
  howMany?: HowMany;
  forbidStarter?: boolean;
  notBy?: People;
  notWhoDecided?: readonly string[];
  priority?: Priority;
  due?: Duration | null;
  remind?: Reminders;
  escalate?: readonly Escalation[];
  timeout?: Duration;
  takeBack?: Duration;
  onTimeout: string;
  onReject: 'fail' | 'continue';
}
export interface CaughtFailure { type: string; message: string; nodeId: string }
type UndoFailurePolicy = 'retry' | 'ask' | 'continue';
export interface UndoSpec {
  title: string;
  activity: string;
  input: unknown;
  options: ActivityOptions;
  onFailure?: UndoFailurePolicy;
}
export interface StepSpec<Output> {
  id: string;
  title: string;
  activity: string;
  input: unknown;
  options: ActivityOptions;
  effect: 'none' | 'reversible' | 'irreversible';
  output?: unknown;
  undo?(output: Output | undefined, call: ActivityCall): UndoSpec;
  armed?: 'completed' | 'attempted';
  unknown?:
    | { policy: 'undo' }
    | { policy: 'ask' }
    | { policy: 'check'; activity: string; input: unknown; options: ActivityOptions };
  lateCalls?: 'refused' | 'possible';
  settlesWithinMs?: number;
  pivot?: boolean;
}
interface SignalDoor { schema?: ValueSchema; key?(payload: unknown): unknown }
/** What it has is the saga library's own affair. */
export interface Carried { continues: 1 }
interface SagaOptions {
  flow: string;
  onUndoFailure: UndoFailurePolicy;
  deadline?: Duration;
  input?: { value: unknown; schema: ValueSchema };
  signals?: Readonly<Record<string, SignalDoor>>;
  carried?: Carried;
}
interface CatchSpec<FlowOutput, Handled = void> {
  types?: string[];
  scope: 'undo' | 'keep';
  handle?(saga: Saga<FlowOutput>, failure: CaughtFailure): Promise<Handled>;
}
interface EndingCatch<FlowOutput> extends CatchSpec<FlowOutput, never> {
  handle(saga: Saga<FlowOutput>, failure: CaughtFailure): Promise<never>;
}
interface UpdateSpec<Argument, Outputs extends object> {
  schema?: ValueSchema;
  accept?: (argument: Argument, outputs: Partial<Outputs>) => boolean;
  refusal?: string;
  apply(argument: Argument, outputs: Partial<Outputs>): void;
}
interface Values {
  Keyword: string;
  Text: string;
  Int: number;
  Double: number;
  Bool: boolean;
  Datetime: string;
  KeywordList: readonly string[];
}
interface FieldSpec<Type extends keyof Values, Outputs extends object> {
  type: Type;
  value(outputs: Partial<Outputs>): Values[Type] | null | undefined;
}
type SearchableSpec<Outputs extends object = object> = Readonly<
  Record<string, { [Type in keyof Values]: FieldSpec<Type, Outputs> }[keyof Values]>
>;
interface SignalSpec<Payload> { id: string; signal: string; when?(payload: Payload): boolean; timeout?: Duration }
interface EachSpec<Item> {
  id: string;
  items: readonly Item[];
  concurrency: number;
  onFailure: 'stop' | 'finish' | 'collect';
  most?: number;
  continuesAsNew?: boolean;
}
interface EachResult<Result = void> {
  items: number;
  results: Result[];
  failures: { item: number; type: string; message: string }[];
}
interface RaceResult { winner: string }
interface ChildSpec {
  id: string;
  title: string;
  flow: string;
  workflow: string;
  input: unknown;
  workflowId?: string;
  effect: 'none' | 'reversible' | 'irreversible';
  onParentClose?: 'stop' | 'kill' | 'leave';
  timeout?: Duration;
}
export interface StartedChild { workflowId: string; runId: string }
interface RepeatSpec { id: string; most: number; while?(): boolean; continuesAsNew?: boolean }
export declare class Saga<FlowOutput = unknown> {
  private readonly state;
  step<Output>(spec: StepSpec<Output>, catches?: EndingCatch<FlowOutput>[]): Promise<Output>;
  step<Output>(spec: StepSpec<Output>, catches: CatchSpec<FlowOutput>[]): Promise<Output | undefined>;
  child<Output>(spec: ChildSpec, catches?: EndingCatch<FlowOutput>[]): Promise<Output>;
  child<Output>(spec: ChildSpec, catches: CatchSpec<FlowOutput>[]): Promise<Output | undefined>;
  startChild(spec: ChildSpec, catches?: EndingCatch<FlowOutput>[]): Promise<StartedChild>;
  startChild(spec: ChildSpec, catches: CatchSpec<FlowOutput>[]): Promise<StartedChild | undefined>;
  path(drawn: TemplateStringsArray, ...values: unknown[]): string;
  get pivoted(): boolean;
  wait(nodeId: string, duration: Duration): Promise<void>;
  waitUntil(nodeId: string, instant: string, zone?: string): Promise<void>;
  waitForSignal<Payload>(spec: SignalSpec<Payload> & { onTimeout: 'continue' }): Promise<Payload | null>;
  waitForSignal<Payload>(spec: SignalSpec<Payload> & { onTimeout?: 'fail' }): Promise<Payload>;
  approval<Result = ApprovalResult>(spec: ApprovalSpec): Promise<Result>;
  took(nodeId: string, branch: string | null, others?: string[]): void;
  passed(nodeId: string): void;
  parallel(
    spec: { id: string; unwind?: 'reverse' | 'together' },
    branches: Record<string, (saga: Saga<FlowOutput>) => Promise<void>>
  ): Promise<void>;
  race(
    nodeId: string,
    branches: Record<string, (saga: Saga<FlowOutput>) => Promise<unknown>>,
    catches?: EndingCatch<FlowOutput>[]
  ): Promise<RaceResult>;
  race(
    nodeId: string,
    branches: Record<string, (saga: Saga<FlowOutput>) => Promise<unknown>>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<RaceResult | undefined>;
  group<Output>(nodeId: string, body: (saga: Saga<FlowOutput>) => Promise<Output>, catches?: EndingCatch<FlowOutput>[]): Promise<Output>;
  group(nodeId: string, body: (saga: Saga<FlowOutput>) => Promise<unknown>, catches: CatchSpec<FlowOutput>[]): Promise<void>;
  each<Item, Result>(
    spec: EachSpec<Item>,
    body: (saga: Saga<FlowOutput>, item: Item) => Promise<Result>,
    catches?: EndingCatch<FlowOutput>[]
  ): Promise<EachResult<Result>>;
  each<Item, Result>(
    spec: EachSpec<Item>,
    body: (saga: Saga<FlowOutput>, item: Item) => Promise<Result>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<EachResult<Result> | undefined>;
  repeat(spec: RepeatSpec, body: (saga: Saga<FlowOutput>) => Promise<boolean | void>, catches?: CatchSpec<FlowOutput>[]): Promise<void>;
  attempt<Output>(nodeId: string, body: (saga: Saga<FlowOutput>) => Promise<Output>, catches: EndingCatch<FlowOutput>[]): Promise<Output>;
  attempt<Output>(
    nodeId: string,
    body: (saga: Saga<FlowOutput>) => Promise<Output>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<Output | undefined>;
  fail(nodeId: string, errorType: string, message: unknown): never;
  end(nodeId: string, output?: FlowOutput): never;
  carries<Values extends object>(read: () => Values, write: (values: Values) => void): void;
  shows(read: () => object): void;
  get resuming(): boolean;
  searchable<Outputs extends object>(fields: SearchableSpec<Outputs>): void;
  onQuery<Outputs extends object>(name: string, answer: (outputs: Partial<Outputs>) => unknown): void;
  onUpdate<Argument, Outputs extends object = object>(name: string, spec: UpdateSpec<Argument, Outputs>): void;
}
export declare function saga<Output>(options: SagaOptions, body: (saga: Saga<Output>) => Promise<Output>): Promise<Output>;
`;
