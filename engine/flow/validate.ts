/**
 * Checks what the schema of the document cannot express: names that clash, references without a target, paths that
 * never end. Pure and independent of the TypeScript compiler, so that the designer can run it on every edit; the
 * compiler checks the types.
 *
 * Rules
 * [FV1] Ids of nodes and branches are unique: runs report on both by id. Ids of handlers are unique in their node.
 * [FV2] Names in expressions are unique: outputs, variables and caught failures; none is a reserved word.
 * [FV3] Activities are in the catalogue; a step has the effect of its activity, or its own if the activity leaves it
 *      open.
 * [FV4] Only a reversible effect has an undo; only an effect has an unknown outcome, and 'undo' needs an undo.
 * [FV5] Signals and variables that a node uses are declared.
 * [FV6] At most one point of no return on any path, and none inside a loop or a race.
 * [FV7] Every path ends: nothing follows `end` or `fail`, and neither a parallel branch nor an item of a list ends the
 *      flow. If an output is declared, every path gives it; otherwise none does.
 * [FV8] A wait has a duration or an end, not both. A zone is an IANA name and only allowed with an end; an end that is
 *      written as text is an instant.
 * [FV9] An expression reads only outputs of nodes that have certainly run before it.
 * [FV10] There is a pause between attempts, and the first pause is not longer than the longest, because the workflow
 *       library refuses other policies.
 * [FV12] The inbox accepts every question: texts and candidates of an approval keep the limits of human-limits.ts.
 * [FV13] A loop with a condition has one condition: while, or until.
 * [FV14] A title says what it seems to say: no hidden character shows a text in another order than it has.
 * [FV16] A title of a branch, of an undo or of what a flow declares is no longer than that of a step.
 * [FV15] A child runs a published flow; only a flow that waits for its end has a time limit for it.
 * [FV17] A loop with more than 1,000 rounds or items is directly in the flow, because only there a run continues as new.
 * [FV18] Decisions of an approval have different keys, and at least one goes on. The one that counts after a timeout is
 *       among them and needs no values. A form is an object without sensitive values, and a name has one type in all forms.
 * [FV19] Where each candidate decides, there are candidates, each once; where a number of people decides, that many may.
 * [FV20] An approval that excludes who decided another one names an approval of the flow, not itself.
 * [FV21] Reminders before the due time need one, and are not too close. An escalation chain names somebody at each step, in
 *        the order of time, and only where not each candidate decides.
 * [FV22] The time to take a decision back is from a second to an hour.
 * [FV23] A title and a question have something that can be read: they are the names of rows, steps and buttons.
 * [FV11] Every schema can be used (schema/problems.ts), and the flow's input is an object.
 */
import type { Catalogue } from './catalogue';
import { MOST_IN_ONE_RUN } from './continues';
import type { Diagnostic } from './diagnostic';
import type { FlowDocument } from './document';
import { isReserved, outputName } from './names';
import { factsOf, type FlowNode } from './nodes/table';
import { pivotPlaces } from './pivots';
import { checkReferences } from './references';
import type { Path, Report } from './report';
import { schemasOf } from './schema/places';
import { schemaProblems } from './schema/problems';
import { checkSearchable } from './searchable-check';
import { allNodes, alwaysEnds, catchesOf, innerNamesOf, isLoop, nestedSteps } from './tree';
import { isBlank, visibleText } from './values/text';

/** Errors only; an empty list means that the document can be compiled, apart from types and expressions. */
export function validate(document: FlowDocument, catalogue: Catalogue): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (code, nodeId, path, message, fix, proposed = null) =>
    void found.push({
      code,
      severity: 'error',
      nodeId,
      path,
      message,
      ...(fix ? { fix } : {}),
      ...(proposed === null ? {} : { proposed }),
    });
  const nodes = allNodes(document.steps);
  checkIds(nodes, report);
  checkNames(document, nodes, report);
  checkTitles(document, nodes, report);
  for (const node of nodes) checkNode(node, document, catalogue, report);
  for (const [name, update] of Object.entries(document.updates))
    checkVariables(Object.keys(update.set), document, null, ['updates', name, 'set'], report);
  checkPivots(document, nodes, report);
  checkEnds(document, nodes, report);
  checkLoops(document, nodes, report);
  checkReferences(document, report);
  checkFourEyes(nodes, report);
  checkSchemas(document, report);
  checkSearchable(document, catalogue, report);
  return found;
}

/** [FV1] */
function checkIds(nodes: readonly FlowNode[], report: Report): void {
  const seen = new Set<string>();
  const claim = (id: string, nodeId: string, path: Path) => {
    if (seen.has(id))
      report('duplicate-id', nodeId, path, `The id '${id}' is used twice.`, 'Give one of them another id.');
    seen.add(id);
  };
  for (const node of nodes) {
    claim(node.id, node.id, ['id']);
    const branches = factsOf(node).branches(node);
    for (const { id, path } of branches) if (id && path) claim(id, node.id, [...path, 'id']);
    const keys = new Set(branches.map(({ key }) => key));
    catchesOf(node).forEach(({ id }, index) => {
      const message = `This step has two branches or handlers with the id '${id}'.`;
      if (keys.has(id))
        report('duplicate-id', node.id, ['catch', index, 'id'], message, 'Give one of them another id.');
      keys.add(id);
    });
  }
}

/** [FV20] */
function checkFourEyes(nodes: readonly FlowNode[], report: Report): void {
  const byName = new Map(nodes.map((node) => [outputName(node.id), node]));
  for (const node of nodes)
    for (const [index, { $expr: name }] of (node.kind === 'approval' ? (node.notWhoDecided ?? []) : []).entries()) {
      const other = byName.get(name.trim());
      const at = ['notWhoDecided', index];
      const fix = 'Choose another approval of this flow.';
      if (other === node)
        report('excludes-itself', node.id, at, 'It excludes whoever decides it, so nobody could.', fix);
      else if (other?.kind !== 'approval')
        report('unknown-approval', node.id, at, `There is no approval '${name}' in this flow.`, fix);
    }
}

/** [FV17] */
function checkLoops({ steps }: FlowDocument, nodes: readonly FlowNode[], report: Report): void {
  for (const node of nodes) {
    const most = node.kind === 'repeat' || node.kind === 'each' ? (node.most ?? 0) : 0;
    if (most <= MOST_IN_ONE_RUN || steps.includes(node)) continue;
    const message = `A loop inside '${titleAround(steps, node)}' has at most ${MOST_IN_ONE_RUN.toLocaleString('en')} ${node.kind === 'repeat' ? 'rounds' : 'items'}.`;
    const fix = `Set it to ${MOST_IN_ONE_RUN.toLocaleString('en')} or less, or move the loop to the flow itself.`;
    report('loop-too-long', node.id, ['most'], message, fix);
  }
}

const titleAround = (steps: readonly FlowNode[], node: FlowNode): string =>
  steps.find((each) => allNodes([each]).includes(node))?.title ?? '';

/** [FV2] */
function checkNames(document: FlowDocument, nodes: readonly FlowNode[], report: Report): void {
  const owners = new Map<string, string>();
  const claim = (name: string, owner: string, nodeId: string | null, path: Path) => {
    const other = owners.get(name);
    if (isReserved(name)) {
      report('reserved-name', nodeId, path, `'${name}' already has a meaning in expressions.`, `Rename ${owner}.`);
    } else if (other !== undefined) {
      const message = `In expressions '${name}' would be both ${other} and ${owner}.`;
      report('ambiguous-name', nodeId, path, message, 'Rename one of them.');
    } else owners.set(name, owner);
  };
  for (const name of Object.keys(document.variables)) claim(name, `the variable '${name}'`, null, ['variables', name]);
  for (const node of nodes)
    if (factsOf(node).output) claim(outputName(node.id), `the output of '${node.id}'`, node.id, ['id']);
  // An item or a caught failure is available in its own branch only, so two branches beside each other may have the
  // same name.
  for (const node of nodes)
    for (const { name, path, steps } of innerNamesOf(node)) {
      const what = path[0] === 'catch' ? 'the caught failure' : 'the item';
      // A handler inside a handler may use its name again: it reads the inner failure.
      const around =
        path[0] === 'catch'
          ? undefined
          : allNodes(steps).find((inner) => innerNamesOf(inner).some((each) => each.name === name));
      const other = owners.get(name) ?? (around && `a name inside '${around.title}'`);
      if (isReserved(name))
        report('reserved-name', node.id, path, `'${name}' already has a meaning in expressions.`, 'Rename it.');
      else if (other !== undefined) {
        const message = `In expressions '${name}' would be both ${other} and ${what}.`;
        report('ambiguous-name', node.id, path, message, 'Rename one of them.');
      }
    }
}

/** Embeddings, overrides and isolates of a writing direction. Right-to-left scripts need none of them. */
export const REORDERING = /[\u202a-\u202e\u2066-\u2069]/gu;

/** Documents with longer ones were published, so it is not a matter of their shape. */
const LONGEST_TITLE = 120;

/** [FV14] [FV16] [FV23] */
function checkTitles(document: FlowDocument, nodes: readonly FlowNode[], report: Report): void {
  const check = (title: string | null | undefined, nodeId: string | null, path: Path) => {
    if (typeof title === 'string' && title !== '' && isBlank(title))
      report('blank-title', nodeId, path, 'The title has nothing that can be read.', 'Type a title.');
    if (typeof title === 'string' && title.length > LONGEST_TITLE)
      report('too-long', nodeId, path, `At most ${LONGEST_TITLE} characters.`, 'Shorten it.');
    if (typeof title !== 'string' || title.search(REORDERING) < 0) return;
    const message = `The title has a hidden character that shows it in another order than it has: ${visibleText(title)}.`;
    report('reordered-title', nodeId, path, message, 'Type the title again, without this character.');
  };
  check(document.title, null, ['title']);
  document.scenarios.forEach(({ title }, index) => check(title, null, ['scenarios', index, 'title']));
  for (const field of ['signals', 'updates', 'queries', 'searchable'] as const)
    for (const [name, { title }] of Object.entries(document[field] ?? {})) check(title, null, [field, name, 'title']);
  for (const node of nodes) {
    check(node.title, node.id, ['title']);
    check(factsOf(node).step(node)?.undo?.title, node.id, ['undo', 'title']);
    for (const { title, path } of factsOf(node).branches(node)) if (path) check(title, node.id, [...path, 'title']);
  }
}

function checkNode(node: FlowNode, document: FlowDocument, catalogue: Catalogue, report: Report): void {
  const facts = factsOf(node);
  facts.check(node, catalogue, report);
  const signal = facts.signal(node);
  if (signal !== null && !Object.hasOwn(document.signals, signal)) {
    const message = `The flow declares no signal '${signal}'.`;
    report('unknown-signal', node.id, ['signal'], message, 'Declare it, or choose another.');
  }
  checkVariables(facts.sets(node), document, node.id, ['values'], report);
}

/** [FV5] */
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

/** [FV6] */
function checkPivots(document: FlowDocument, nodes: readonly FlowNode[], report: Report): void {
  const places = pivotPlaces(document.steps);
  const loops = nodes.filter((node) => isLoop(node) || factsOf(node).runs === 'first');
  const inLoops = new Set(loops.flatMap((node) => nestedSteps(node).flatMap(allNodes)).map(({ id }) => id));
  for (const node of nodes) {
    if (inLoops.has(node.id) && factsOf(node).step(node)?.pivot) {
      const message =
        'A point of no return cannot be inside a loop, which passes it several times, or a race, which undoes branches.';
      report('pivot-in-loop', node.id, ['pivot'], message, 'Move it before or after.');
      continue;
    }
    if (!factsOf(node).step(node)?.pivot || places.get(node.id) === 'before') continue;
    const message = 'There is already a point of no return before this step.';
    report('second-pivot', node.id, ['pivot'], message, 'Keep the first one only.');
  }
}

/** Why a branch cannot end the flow. */
const EARLY_ENDS: Partial<Record<ReturnType<typeof factsOf>['runs'], { code: string; message: string; fix: string }>> =
  {
    all: {
      code: 'end-in-parallel',
      message: 'A parallel branch cannot end the flow, because the other branches are still running.',
      fix: 'End the flow after the branches have joined.',
    },
    first: {
      code: 'end-in-race',
      message: 'A branch of a race cannot end the flow, because the other branches must be undone first.',
      fix: 'End the flow after the race.',
    },
    items: {
      code: 'end-in-each',
      message: 'An item cannot end the flow, because other items may still be running.',
      fix: 'End the flow after the loop.',
    },
  };

/** [FV7] */
function checkEnds(document: FlowDocument, nodes: readonly FlowNode[], report: Report): void {
  const sequences = [document.steps, ...nodes.flatMap(nestedSteps)];
  for (const steps of sequences) {
    const last = steps.findIndex((node) => alwaysEnds([node]));
    const after = last >= 0 ? steps[last + 1] : undefined;
    if (after)
      report('unreachable', after.id, [], `The flow never reaches '${after.title}'.`, 'Move it up, or remove it.');
  }
  for (const node of nodes) {
    const { branches, runs } = factsOf(node);
    const reason = EARLY_ENDS[runs];
    if (!reason) continue;
    for (const end of branches(node).flatMap((branch) => allNodes(branch.steps)))
      if (end.kind === 'end') report(reason.code, end.id, [], reason.message, reason.fix);
  }
  for (const node of nodes) {
    if (node.kind !== 'end' || (node.output === undefined) === (document.output === undefined)) continue;
    if (document.output)
      report('output-missing', node.id, ['output'], 'The flow declares an output, but this end gives none.');
    else
      report('output-not-declared', node.id, ['output'], 'The flow declares no output.', 'Declare it, or remove this.');
  }
  if (document.output && !alwaysEnds(document.steps)) {
    const message = 'The flow declares an output, but a path can reach its last step without giving one.';
    report('no-end', document.steps.at(-1)?.id ?? null, [], message, "Add an 'end' that gives the output.");
  }
}

/** [FV11] */
function checkSchemas(document: FlowDocument, report: Report): void {
  if (document.input.type !== undefined && document.input.type !== 'object')
    report(
      'input-no-object',
      null,
      ['input', 'type'],
      'The input of a flow must be an object.',
      "Set its type to 'object'."
    );
  for (const { schema, nodeId, path } of schemasOf(document))
    for (const problem of schemaProblems(schema))
      report('schema', nodeId, [...path, ...problem.path], problem.message, problem.fix);
}
