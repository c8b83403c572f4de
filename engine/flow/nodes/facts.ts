/**
 * The facts about a kind of node (design D14). Everything that reads flows (compiler, layout, validation, linter,
 * preview, projection, canvas) uses these facts; none of them has a list of kinds of its own.
 */
import type { z } from 'zod';
import type { Catalogue } from '../catalogue';
import type { JsonSchema } from '../json-schema';
import type { Path, Report } from '../report';
import type { Template, TemplateField } from '../template';

import type { StepsSchema } from './fields';
import type { SagaStep } from './step';
import type { FlowNode } from './table';

/** A sequence inside a node, except the handlers of failures. */
export interface NodeBranch {
  /** Unique in the node; layout and projection use `<node id>/<key>`. */
  key: string;
  /** The id that the workflow reports; null for an implicit branch. */
  id: string | null;
  /** Null for the direct connection past a side branch. */
  title: string | null;
  steps: FlowNode[];
  /** The field of the node that contains the branch; null for a branch that is not in the document. */
  path: Path | null;
  /** True if the node's own output is available in it. */
  knowsOutput: boolean;
  /** Names that only expressions in it can read, with the field of the node that gives each. */
  names?: readonly { name: string; path: Path }[];
}

export interface NodeFacts<Node> {
  /** `steps`: the schema of the sequences inside it. */
  schema(steps: StepsSchema): z.ZodObject;
  /** A new node of the kind, as the designer inserts it: it can be read, but not yet published. */
  create(id: string): Node;

  /**
   * The fields that contain sequences, in the order of the drawing: a list of branches, one branch, the steps alone,
   * the steps alone and always there, or handlers.
   */
  holds: Readonly<Record<string, 'branches' | 'branch' | 'steps' | 'body' | 'handlers'>>;
  /** Of a list of branches. */
  fewestBranches: number;
  /** Fields of the node and of its branches that are an expression as text. */
  expressions: readonly string[];
  /** In the order of the drawing; empty for a node without branches. */
  branches(node: Node): NodeBranch[];
  /**
   * Which of its branches run: exactly one of them, all in parallel, all until the first succeeds, or its only one:
   * once, for each item of a list, or again and again. The last two are loops (`isLoop` in tree.ts).
   */
  runs: 'one' | 'all' | 'first' | 'once' | 'items' | 'rounds';
  /** No path continues after it. */
  ends: boolean;
  /** What can fail: the node itself, only nodes inside it, or nothing. */
  fails: 'itself' | 'inside' | 'never';
  /** The activity with its effect, its undo and its pivot; null for a node that is not a step of the saga. */
  step(node: Node): SagaStep | null;
  /** The activities of the catalogue that it calls. */
  activities(node: Node): string[];

  /** Expressions in its own fields, not those of nodes inside it. */
  templates(node: Node): TemplateField[];
  /** Schemas in its own fields. */
  schemas(node: Node): { schema: JsonSchema; path: Path }[];
  /** Null: it has no output that expressions can name. */
  output: NodeOutput<Node> | null;
  /** The names of variables that it sets. */
  sets(node: Node): string[];
  /** The signal for which it waits. */
  signal(node: Node): string | null;
  /** The problems of the node, beyond its shape; errors only (validate.ts). */
  check(node: Node, catalogue: Catalogue, report: Report): void;

  /**
   * The traces of the node in a run's history: its activities, the task it opens, its timer; 'report': only the
   * report of the workflow.
   */
  trace: 'activity' | 'task' | 'timer' | 'timeout' | 'report';
  /** What it waits for while it waits. */
  waitsFor: 'person' | 'timer' | 'signal' | null;

  drawing: {
    /**
     * A card; a diamond from which branches part; bars between which branches run in parallel; a frame around its only
     * branch.
     */
    shape: 'card' | 'diamond' | 'bars' | 'frame';
  };
  words: {
    /** The kind in words, for a screen reader and the palette: 'wait for a signal'. */
    kind: string;
    /** What it calls, waits for or sets: the line under its title. `inside`: how many nodes are in it, at any depth. */
    line(node: Node, inside: () => number): string;
    /** What a run does at this node, if nothing after it is certain; null if the run simply continues. */
    ahead(node: Node): string | null;
  };
}

export interface NodeOutput<Node> {
  /** Undefined if nothing is declared; null if the saga library has a type for it. */
  schema(
    node: Node,
    flow: { signals: Record<string, { schema: JsonSchema }> },
    catalogue: Catalogue
  ): JsonSchema | null | undefined;
  /** The branch that is taken if nothing was given: the output is then null. */
  missingIn(node: Node): FlowNode[] | null;
  /** Of a loop: a template of which the field `results` lists one value for each run of its steps. */
  results?(node: Node): Template | undefined;
}

type Leaf = Pick<
  NodeFacts<unknown>,
  | 'holds'
  | 'fewestBranches'
  | 'expressions'
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
/** The facts that are true for most kinds; a kind states only those that differ. */
export const LEAF: Leaf = {
  holds: {},
  fewestBranches: 0,
  expressions: [],
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
