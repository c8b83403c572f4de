/**
 * What a revision may not change, beyond what a replay proves. A replay proves the order, the ids and the types of what
 * a run requested, and nothing about values. Pure.
 *
 * [RR1] For all runs: what callers see of a version. That is its input and output, its signals, updates and queries
 *       with their schemas, and its searchable fields with their types. Titles and descriptions may change.
 * [RR2] For runs that have begun a step with an effect: the effect of that step and its undo. These are the operation
 *       that undoes it and its definition, its input and everything from which the input is computed, and what happens
 *       when it fails. Time limits and retries may change. Runs that have not begun the step are not concerned.
 */
import type { Diagnostic } from '../flow/diagnostic';
import type { FlowDocument, FlowNode } from '../flow/document';
import { expressionsIn, namesIn } from '../flow/expression-names';
import type { FlowManifest } from '../flow/manifest';
import { outputName } from '../flow/names';
import { factsOf } from '../flow/nodes/table';
import { flowTemplatesOf } from '../flow/templates';
import { allNodes, isLoop, nestedSteps } from '../flow/tree';
import type { HistoryEvent } from '../history';
import { parseActivityId } from '../run-view/activity-id';

export interface RevisionContent {
  manifest: FlowManifest;
  /** The sha of the definition of each operation of a connection that it calls, by activity type. */
  operations: Readonly<Record<string, string>>;
}

// --- [RR1]

export function signatureChanges(before: FlowDocument, after: FlowDocument): Diagnostic[] {
  const places: [path: string[], was: unknown, is: unknown, what: string][] = [
    [['input'], before.input, after.input, 'The input'],
    [['output'], before.output, after.output, 'The output'],
    ...doors('signals', before.signals, after.signals, 'The signal'),
    ...doors('updates', before.updates, after.updates, 'The update'),
    ...doors('queries', before.queries, after.queries, 'The query'),
    ...doors('searchable', before.searchable ?? {}, after.searchable ?? {}, 'The searchable field'),
  ];
  return places
    .filter(([, was, is]) => textOf(was) !== textOf(is))
    .map(([path, , , what]): Diagnostic => {
      const message = `${what} is different in the version. A revision keeps it, because callers and running runs depend on it.`;
      const fix = 'Change it back, or publish a new version.';
      return { code: 'revision-signature', severity: 'error', nodeId: null, path, message, fix };
    });
}

type Doors = Readonly<Record<string, { schema?: unknown; key?: unknown; type?: unknown }>>;

function doors(field: string, before: Doors, after: Doors, what: string): [string[], unknown, unknown, string][] {
  const contractOf = (door: Doors[string] | undefined) =>
    door && { schema: door.schema, key: door.key, type: door.type };
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => [
    [field, name],
    contractOf(before[name]),
    contractOf(after[name]),
    `${what} '${name}'`,
  ]);
}

// --- [RR2]

export interface UndoChange {
  nodeId: string;
  /** A sentence about runs that have begun the step. */
  why: string;
}

export function undoChanges(before: RevisionContent, after: RevisionContent): UndoChange[] {
  const [was, is] = [stepsOf(before), stepsOf(after)];
  return [...was].flatMap(([nodeId, step]): UndoChange[] => {
    const now = is.get(nodeId);
    if (!now || (step.effect === 'none' && now.effect === 'none')) return [];
    const how = difference(step, now);
    return how ? [{ nodeId, why: `'${now.title}' has already begun in this run, and ${how}.` }] : [];
  });
}

/** The first step that the run has begun and that the revision would undo differently. */
export function recordedConflict(
  history: readonly HistoryEvent[],
  changes: readonly UndoChange[]
): (UndoChange & { eventId: number }) | null {
  if (changes.length === 0) return null;
  const byNode = new Map(changes.map((change) => [change.nodeId, change]));
  for (const { eventId, activityTaskScheduledEventAttributes: scheduled } of history) {
    const change = byNode.get(parseActivityId(scheduled?.activityId ?? '')?.nodeId ?? '');
    if (change) return { ...change, eventId: Number(eventId) };
  }
  return null;
}

interface StepFacts {
  title: string;
  effect: string;
  lateCalls: string;
  undoWith: string;
  undoInput: string;
  onFailure: string;
}

function difference(was: StepFacts, is: StepFacts): string | null {
  if (was.effect !== is.effect) return `its effect was '${was.effect}' and is '${is.effect}' in the revision`;
  if (was.undoWith !== is.undoWith) return 'the revision would undo it with another operation';
  if (was.undoInput !== is.undoInput) return 'the revision would send other values to its undo';
  if (was.onFailure !== is.onFailure) return 'the revision would do something else if its undo fails';
  if (was.lateCalls !== is.lateCalls) return 'the revision assumes something else about calls that arrive late';
  return null;
}

function stepsOf({ manifest, operations }: RevisionContent): Map<string, StepFacts> {
  const { document } = manifest;
  const steps = new Map<string, StepFacts>();
  const walk = (nodes: readonly FlowNode[], loops: readonly FlowNode[]): void => {
    for (const node of nodes) {
      const step = factsOf(node).step(node);
      const known = manifest.nodes[node.id];
      if (step && known) {
        const { undo } = step;
        steps.set(node.id, {
          title: node.title,
          effect: known.effect,
          lateCalls: textOf([known.lateCalls ?? 'refused', known.settlesWithinMs]),
          undoWith: undo ? textOf([undo.activity, undo.armed, operations[undo.activity]]) : '',
          undoInput: undo ? textOf([undo.input, originsOf(document, undo.input, loops)]) : '',
          onFailure: undo ? (undo.onFailure ?? document.rollback.onFailure) : '',
        });
      }
      const inside = isLoop(node) ? [...loops, node] : loops;
      for (const nested of nestedSteps(node)) walk(nested, inside);
    }
  };
  walk(document.steps, []);
  return steps;
}

/**
 * Everything in the document from which the values of a template are computed, except what a history contains: the
 * input of the run, answers of steps, decisions and signals.
 */
function originsOf(document: FlowDocument, template: unknown, loops: readonly FlowNode[]): unknown[] {
  const nodes = allNodes(document.steps);
  const owners = new Map(nodes.map((node) => [outputName(node.id), node]));
  const origins: unknown[] = [];
  const seen = new Set<string>();
  const follow = (value: unknown): void => {
    for (const { expression } of expressionsIn(value)) for (const name of namesIn(expression)) read(name);
  };
  const read = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const value of assignmentsOf(document, nodes, name)) {
      origins.push([name, value]);
      follow(value);
    }
    const owner = owners.get(name);
    if (!owner || isRecorded(owner)) return;
    origins.push([name, ownOf(owner)]);
    for (const { value } of factsOf(owner).templates(owner)) follow(value);
  };
  follow(template);
  // The item of a loop is not in the history, only its number.
  for (const loop of loops) {
    origins.push(ownOf(loop));
    for (const { value } of factsOf(loop).templates(loop)) follow(value);
  }
  return origins;
}

/** The output of the node is an answer or an event of the history. */
const isRecorded = (node: FlowNode): boolean => factsOf(node).trace !== 'report';

function assignmentsOf(document: FlowDocument, nodes: readonly FlowNode[], variable: string): unknown[] {
  if (!Object.hasOwn(document.variables, variable)) return [];
  const ofFlow = flowTemplatesOf(document).filter(
    ({ owner, name, path }) =>
      (owner === 'variable' && name === variable) || (owner === 'update' && path[3] === variable)
  );
  const ofNodes = nodes.flatMap((node) =>
    factsOf(node).sets(node).includes(variable)
      ? factsOf(node)
          .templates(node)
          .filter(({ path }) => path.includes(variable))
          .map(({ value }) => ({ node: node.id, value }))
      : []
  );
  return [...ofFlow.map(({ name, value }) => ({ name, value })), ...ofNodes];
}

/** The fields of a node without its titles and without the nodes in it, as text. */
function ownOf(node: FlowNode): string {
  const { title: _title, note: _note, ...own } = node;
  const nested = new Set<unknown>(nestedSteps(node));
  return JSON.stringify(own, (_, value: unknown) => (nested.has(value) ? [] : value));
}

/** Equal for values that differ only in the order of their fields, or in texts for people. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (key, each: unknown) => {
      if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
      const isProperties = key === 'properties';
      return Object.fromEntries(
        Object.entries(each)
          .filter(([name, text]) => isProperties || !isForPeople(name, text))
          .sort(([a], [b]) => (a < b ? -1 : 1))
      );
    }) ?? ''
  );
}

const isForPeople = (name: string, text: unknown): boolean =>
  (name === 'title' || name === 'description') && typeof text === 'string';
