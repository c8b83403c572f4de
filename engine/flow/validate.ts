/**
 * Is this drawing a flow at all? What the schema cannot say: names that clash, references that lead nowhere, paths that never
 * end. Pure and free of the TypeScript compiler, so that the designer runs it on every edit; types are the compiler's to check.
 *
 * Rules
 * [V1] Ids of nodes and branches are unique: runs report on both by id.
 * [V2] Names in expressions are unique: outputs, variables and caught failures; none is a word of the language.
 * [V3] Activities are in the catalogue; a step's effect is theirs, or its own where they leave it open.
 * [V4] Only a reversible effect has an undo; only an effect has an unknown outcome, and 'undo' needs an undo.
 * [V5] Signals and variables that a node uses are declared.
 * [V6] At most one point of no return on any path.
 * [V7] Every path ends: nothing follows `end` or `fail`, no parallel branch ends the flow, and a declared output is always given,
 *      no other ever.
 * [V8] A wait says how long or until when, not both. A zone is a named one, and belongs to 'until when'; an instant that is written
 *      out is one.
 * [V9] An expression reads only outputs of nodes that have surely run by then.
 * [V10] Between attempts there is a pause, and the first is not longer than the longest: the workflow library refuses others.
 * [V12] The inbox takes every question: texts and candidates of an approval keep the limits of human-limits.ts.
 * [V11] Every schema can be used (schema/problems.ts), and the flow's input is an object.
 */
import type { Catalogue } from './catalogue';
import type { Diagnostic } from './diagnostic';
import {
  outputName,
  type ActionNode,
  type ApprovalNode,
  type ActivityOptions,
  type FlowDocument,
  type FlowNode,
  type WaitNode,
} from './document';
import { durationMs } from './duration';
import { instantMs, isZone } from '../saga/instant';
import { LONGEST_CANDIDATE, LONGEST_QUESTION, MOST_CANDIDATES } from './human-limits';
import { pivotPlaces } from './pivots';
import { checkReferences } from './references';
import type { Path, Report } from './report';
import { schemasOf } from './schema/places';
import { schemaProblems } from './schema/problems';
import { allNodes, alwaysEnds, catchesOf, effectOf, hasOutput, nestedSteps } from './tree';

/** Errors only; an empty list means that the document can be compiled (types and expressions aside). */
export function validate(document: FlowDocument, catalogue: Catalogue): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (code, nodeId, path, message, fix) =>
    void found.push({ code, severity: 'error', nodeId, path, message, ...(fix ? { fix } : {}) });
  const nodes = allNodes(document.steps);
  checkIds(nodes, report);
  checkNames(document, nodes, report);
  for (const node of nodes) checkNode(node, document, catalogue, report);
  for (const [name, update] of Object.entries(document.updates))
    checkVariables(Object.keys(update.set), document, null, ['updates', name, 'set'], report);
  checkPivots(document, nodes, report);
  checkEnds(document, nodes, report);
  checkReferences(document, report);
  checkSchemas(document, report);
  return found;
}

/** [V1] */
function checkIds(nodes: readonly FlowNode[], report: Report): void {
  const seen = new Set<string>();
  const claim = (id: string, nodeId: string, path: Path) => {
    if (seen.has(id))
      report('duplicate-id', nodeId, path, `The id '${id}' is there twice.`, 'Give one of them another id.');
    seen.add(id);
  };
  for (const node of nodes) {
    claim(node.id, node.id, ['id']);
    if (node.kind === 'choice' || node.kind === 'parallel')
      node.branches.forEach((branch, index) => claim(branch.id, node.id, ['branches', index, 'id']));
  }
}

/**
 * Words that an expression or the generated code means something else by: what the code itself names (`saga`, `s`, `input`), what it
 * reaches for (`Date`, `Infinity`), and the language's own.
 */
const RESERVED = new Set(
  (
    'input output argument saga s flow undefined globalThis arguments await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package private protected public ' +
    'return static super switch this throw true try typeof undefined var void while with yield async of ' +
    'Math Number String Boolean Object Array JSON Date NaN Infinity ' +
    // Every object has these: a query would read them before the step has run.
    'constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf'
  ).split(' ')
);

/** [V2] */
function checkNames(document: FlowDocument, nodes: readonly FlowNode[], report: Report): void {
  const owners = new Map<string, string>();
  const claim = (name: string, owner: string, nodeId: string | null, path: Path) => {
    const other = owners.get(name);
    if (RESERVED.has(name)) {
      report('reserved-name', nodeId, path, `'${name}' means something else in expressions.`, `Rename ${owner}.`);
    } else if (other !== undefined) {
      const message = `In expressions '${name}' would be both ${other} and ${owner}.`;
      report('ambiguous-name', nodeId, path, message, 'Rename one of them.');
    } else owners.set(name, owner);
  };
  for (const name of Object.keys(document.variables)) claim(name, `the variable '${name}'`, null, ['variables', name]);
  for (const node of nodes)
    if (hasOutput(node)) claim(outputName(node.id), `the output of '${node.id}'`, node.id, ['id']);
  // A caught failure is known in its own branch only, so two may share a name.
  for (const node of nodes)
    catchesOf(node).forEach((each, index) => {
      if (each.as === undefined) return;
      const path = ['catch', index, 'as'];
      if (RESERVED.has(each.as))
        report('reserved-name', node.id, path, `'${each.as}' means something else in expressions.`, 'Rename it.');
      else if (owners.has(each.as)) {
        const message = `In expressions '${each.as}' would be both ${owners.get(each.as)} and the caught failure.`;
        report('ambiguous-name', node.id, path, message, 'Rename one of them.');
      }
    });
}

function checkNode(node: FlowNode, document: FlowDocument, catalogue: Catalogue, report: Report): void {
  if (node.kind === 'action') checkAction(node, catalogue, report);
  if (node.kind === 'waitForSignal' && !Object.hasOwn(document.signals, node.signal)) {
    const message = `The flow declares no signal '${node.signal}'.`;
    report('unknown-signal', node.id, ['signal'], message, 'Declare it, or choose another.');
  }
  if (node.kind === 'set') checkVariables(Object.keys(node.values), document, node.id, ['values'], report);
  if (node.kind === 'wait') checkWait(node, report);
  if (node.kind === 'approval') checkApproval(node, report);
}

/** [V12] */
function checkApproval({ id, question, candidates }: ApprovalNode, report: Report): void {
  const long = (text: string, most: number, path: Path) => {
    if (text.length <= most) return;
    report('too-long', id, path, `It has ${text.length} characters; the inbox takes ${most}.`, 'Shorten it.');
  };
  long(question, LONGEST_QUESTION, ['question']);
  candidates.forEach((candidate, index) => {
    long(candidate, LONGEST_CANDIDATE, ['candidates', index]);
    if (candidate.trim() === '')
      report('empty-candidate', id, ['candidates', index], 'A candidate without a name is nobody.', 'Remove it.');
  });
  if (candidates.length > MOST_CANDIDATES) {
    const message = `It names ${candidates.length} candidates; the inbox takes ${MOST_CANDIDATES}.`;
    report('too-many-candidates', id, ['candidates'], message, 'Name a group instead.');
  }
}

/** [V8] */
function checkWait({ id, duration, until, zone }: WaitNode, report: Report): void {
  if ((duration === undefined) === (until === undefined)) {
    const message = until === undefined ? 'It does not say how long.' : 'It says how long and until when.';
    report('wait-without-end', id, ['duration'], message, "Give either 'duration' or 'until'.");
  }
  if (zone !== undefined && until === undefined)
    report('zone-without-until', id, ['zone'], 'A zone says nothing about a duration.', 'Remove it.');
  if (zone !== undefined && !isZone(zone)) {
    const message = `There is no time zone '${zone}'.`;
    report('unknown-zone', id, ['zone'], message, "Use a name such as 'Europe/Berlin' or 'UTC'.");
  } else if (until !== undefined) {
    const [, , written] = /^\s*(['"])([^'"\\]*)\1\s*$/.exec(until) ?? [];
    if (written !== undefined && instantMs(written, zone) === null) {
      const message = `'${written}' is no instant${zone === undefined ? ' with an offset' : ''}.`;
      report('no-instant', id, ['until'], message, "Write it as '2026-11-28T17:00:00Z', or name a zone.");
    }
  }
}

/** [V3] [V4] */
function checkAction(node: ActionNode, catalogue: Catalogue, report: Report): void {
  const known = (activity: string, path: Path) => {
    if (Object.hasOwn(catalogue, activity) && !catalogue[activity]?.internal) return true;
    report('unknown-activity', node.id, path, `There is no activity '${activity}'.`, 'Choose one from the catalogue.');
    return false;
  };
  if (node.undo) known(node.undo.activity, ['undo', 'activity']);
  if (node.unknown?.policy === 'check') known(node.unknown.activity, ['unknown', 'activity']);
  checkPauses(node, catalogue, report);
  if (!known(node.activity, ['activity'])) return;

  const declared = catalogue[node.activity]?.effect;
  if (declared === 'per-step' && node.effect === undefined) {
    const message = `'${node.activity}' does not know what this step does to the world.`;
    report('effect-missing', node.id, ['effect'], message, "Set 'effect' to none, reversible or irreversible.");
    return;
  }
  if (declared !== 'per-step' && node.effect !== undefined && node.effect !== declared) {
    const message = `The step says '${node.effect}', but '${node.activity}' is '${declared}'.`;
    report('effect-differs', node.id, ['effect'], message, "Leave 'effect' out.");
  }
  const effect = effectOf(node, catalogue);
  if (node.undo && effect !== 'reversible') {
    const message = effect === 'none' ? 'There is no effect to undo.' : 'An irreversible effect cannot be undone.';
    report('undo-without-effect', node.id, ['undo'], message, 'Remove the undo, or declare the effect reversible.');
  }
  if (node.unknown && effect === 'none')
    report('unknown-without-effect', node.id, ['unknown'], 'Without an effect no outcome matters.', 'Remove it.');
  if (node.unknown?.policy === 'undo' && !node.undo) {
    const message = 'An unknown outcome shall be undone, but the step has no undo.';
    report('unknown-without-undo', node.id, ['unknown', 'policy'], message, "Add an undo, or choose 'check' or 'ask'.");
  }
}

/** [V10] */
function checkPauses({ id, activity, options, undo, unknown }: ActionNode, catalogue: Catalogue, report: Report): void {
  const check = (called: string, own: ActivityOptions | undefined, path: Path) => {
    const defaults = Object.hasOwn(catalogue, called) ? catalogue[called]?.defaultOptions.retry : undefined;
    const { initialInterval = '1s', maximumInterval } = { ...defaults, ...own?.retry };
    const firstMs = durationMs(initialInterval);
    const longestMs = maximumInterval === undefined ? Infinity : durationMs(maximumInterval);
    if (firstMs > 0 && firstMs <= longestMs) return;
    const message =
      firstMs > 0
        ? `The first pause between attempts, ${initialInterval}, is longer than the longest, ${maximumInterval}.`
        : 'There is no pause between attempts.';
    report('retry-intervals', id, [...path, 'retry'], message, 'Change the first pause or the longest.');
  };
  check(activity, options, ['options']);
  if (undo) check(undo.activity, undo.options, ['undo', 'options']);
  if (unknown?.policy === 'check') check(unknown.activity, unknown.options, ['unknown', 'options']);
}

/** [V5] */
function checkVariables(
  names: readonly string[],
  document: FlowDocument,
  nodeId: string | null,
  path: Path,
  report: Report
): void {
  for (const name of names) {
    if (Object.hasOwn(document.variables, name)) continue;
    const message = `The flow declares no variable '${name}'.`;
    report('unknown-variable', nodeId, [...path, name], message, 'Declare it, or choose another.');
  }
}

/** [V6] */
function checkPivots(document: FlowDocument, nodes: readonly FlowNode[], report: Report): void {
  const places = pivotPlaces(document.steps);
  for (const node of nodes) {
    if (node.kind !== 'action' || !node.pivot || places.get(node.id) === 'before') continue;
    const message = 'The point of no return is already behind this step.';
    report('second-pivot', node.id, ['pivot'], message, 'Keep the first one only.');
  }
}

/** [V7] */
function checkEnds(document: FlowDocument, nodes: readonly FlowNode[], report: Report): void {
  const sequences = [document.steps, ...nodes.flatMap(nestedSteps)];
  for (const steps of sequences) {
    const last = steps.findIndex((node) => alwaysEnds([node]));
    const after = last >= 0 ? steps[last + 1] : undefined;
    if (after)
      report('unreachable', after.id, [], `The flow never comes to '${after.title}'.`, 'Move it up, or remove it.');
  }
  for (const node of nodes) {
    if (node.kind !== 'parallel') continue;
    for (const end of node.branches.flatMap((branch) => allNodes(branch.steps)))
      if (end.kind === 'end') {
        const message = 'A parallel branch cannot end the flow: its siblings are still under way.';
        report('end-in-parallel', end.id, [], message, 'End the flow after the branches have joined.');
      }
  }
  for (const node of nodes) {
    if (node.kind !== 'end' || (node.output === undefined) === (document.output === undefined)) continue;
    if (document.output)
      report('output-missing', node.id, ['output'], 'The flow declares an output: this end gives none.');
    else
      report('output-not-declared', node.id, ['output'], 'The flow declares no output.', 'Declare it, or remove this.');
  }
  if (document.output && !alwaysEnds(document.steps)) {
    const message = 'The flow declares an output, but can run to its last step without giving one.';
    report('no-end', document.steps.at(-1)?.id ?? null, [], message, "Add an 'end' that gives the output.");
  }
}

/** [V11] */
function checkSchemas(document: FlowDocument, report: Report): void {
  if (document.input.type !== undefined && document.input.type !== 'object')
    report(
      'input-no-object',
      null,
      ['input', 'type'],
      'The input of a flow is an object.',
      "Set its type to 'object'."
    );
  for (const { schema, nodeId, path } of schemasOf(document))
    for (const problem of schemaProblems(schema))
      report('schema', nodeId, [...path, ...problem.path], problem.message, problem.fix);
}
