/**
 * What is particular to a kind of node (design D14). Everything that reads flows (compiler, layout, validation, linter, preview,
 * projection, canvas) asks these facts; none of them has a list of kinds of its own.
 */
import type { z } from 'zod';
import type { Catalogue } from '../catalogue';
import type { JsonSchema } from '../json-schema';
import type { Path, Report } from '../report';
import type { TemplateField } from '../template';

import type { StepsSchema } from './fields';
import type { SagaStep } from './step';
import type { FlowNode } from './table';

/** A sequence inside a node, other than what handles a failure. */
export interface NodeBranch {
  /** Unique in the node; the layout's and the projection's keys are `<node id>/<key>`. */
  key: string;
  /** The id that the workflow reports on; null for a branch that is only implied. */
  id: string | null;
  /** Null for the straight way past a side branch. */
  title: string | null;
  steps: FlowNode[];
  /** Field of the node that holds the branch; null for a way that is not in the document. */
  path: Path | null;
  /** Is the node's own output known in it? */
  knowsOutput: boolean;
}

export interface NodeFacts<Node> {
  /** `steps`: the schema of the sequences inside it. */
  schema(steps: StepsSchema): z.ZodObject;
  /** A new node of the kind, as the designer inserts it: it can be read, not yet published. */
  create(id: string): Node;

  /** In the order of the drawing; empty for a node that leads straight on. */
  branches(node: Node): NodeBranch[];
  /** Which of its branches run: exactly one of them, or all at once. */
  runs: 'one' | 'all';
  /** No path leads past it. */
  ends: boolean;
  /** What can go wrong: the node itself, only what is inside it, or nothing. */
  fails: 'itself' | 'inside' | 'never';
  /** The activity with its effect, its undo and its pivot; null for a node that is no step of the saga. */
  step(node: Node): SagaStep | null;
  /** Activities of the catalogue that it calls. */
  activities(node: Node): string[];

  /** Expressions in its own fields, not those of nodes inside it. */
  templates(node: Node): TemplateField[];
  /** Schemas in its own fields. */
  schemas(node: Node): { schema: JsonSchema; path: Path }[];
  /** Null: it gives nothing that expressions can name. */
  output: NodeOutput<Node> | null;
  /** Names of variables that it sets. */
  sets(node: Node): string[];
  /** The signal that it waits for. */
  signal(node: Node): string | null;
  /** What is wrong with it, beyond its shape; errors only (validate.ts). */
  check(node: Node, catalogue: Catalogue, report: Report): void;

  /** What a run's history tells of it: its activities, the task it opens, its timer; 'report': only what the workflow reports. */
  trace: 'activity' | 'task' | 'timer' | 'timeout' | 'report';
  /** What it waits for while it waits. */
  waitsFor: 'person' | 'timer' | 'signal' | null;

  drawing: {
    /** A card; a diamond from which ways part; bars between which branches run at once. */
    shape: 'card' | 'diamond' | 'bars';
  };
  words: {
    /** What it is, for a screen reader and the palette: 'wait for a signal'. */
    kind: string;
    /** What it calls, waits for or sets: the line under its title. */
    line(node: Node): string;
    /** What a run does when it comes here and no more can be told; null when the run simply goes on. */
    ahead(node: Node): string | null;
  };
}

export interface NodeOutput<Node> {
  /** Undefined where nothing is declared; null where the saga library has a type for it. */
  schema(
    node: Node,
    flow: { signals: Record<string, { schema: JsonSchema }> },
    catalogue: Catalogue
  ): JsonSchema | null | undefined;
  /** The branch that is taken when nothing was given: the output is null then. */
  missingIn(node: Node): FlowNode[] | null;
}

type Leaf = Pick<
  NodeFacts<unknown>,
  | 'branches'
  | 'runs'
  | 'ends'
  | 'fails'
  | 'step'
  | 'activities'
  | 'templates'
  | 'schemas'
  | 'output'
  | 'sets'
  | 'signal'
  | 'check'
  | 'trace'
  | 'waitsFor'
>;
/** What holds for most kinds; a kind states what differs. */
export const LEAF: Leaf = {
  branches: () => [],
  runs: 'one',
  ends: false,
  fails: 'never',
  step: () => null,
  activities: () => [],
  templates: () => [],
  schemas: () => [],
  output: null,
  sets: () => [],
  signal: () => null,
  check: () => undefined,
  trace: 'report',
  waitsFor: null,
};
