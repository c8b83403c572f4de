/**
 * [V9] An expression reads only outputs of nodes that have certainly run before it, and variables only after they
 * have a value.
 */
import type { FlowDocument } from './document';
import { expressionsIn, namesIn } from './expression-names';
import { outputName } from './names';
import { factsOf, type FlowNode } from './nodes/table';
import type { Report } from './report';
import type { TemplateField } from './template';
import { flowTemplatesOf } from './templates';
import { allNodes, catchesOf, handlersEnd } from './tree';

export function checkReferences(document: FlowDocument, report: Report): void {
  const owners = new Map(
    allNodes(document.steps)
      .filter((node) => factsOf(node).output)
      .map((node) => [outputName(node.id), node])
  );
  checkVariables(document, owners, report);
  walk(document.steps, new Set());

  /** Returns the names that are available after the sequence. */
  function walk(steps: readonly FlowNode[], before: ReadonlySet<string>): Set<string> {
    const known = new Set(before);
    for (const node of steps) {
      const { output, templates, branches, runs } = factsOf(node);
      const own = output ? outputName(node.id) : null;
      const withOwn = own === null ? known : new Set([...known, own]);
      // An undo may read the step's own output; the linter checks whether it will exist.
      for (const field of templates(node)) check(field, field.readsOwn ? withOwn : known, node.id);
      const through = new Set(known);
      for (const branch of branches(node)) {
        const inBranch = walk(branch.steps, branch.knowsOutput ? withOwn : known);
        // Of several branches one is taken, so names of a branch are not available after the choice.
        if (runs !== 'one') inBranch.forEach((name) => through.add(name));
      }
      const handlers = catchesOf(node);
      for (const handler of handlers) walk(handler.then, known);
      // After a handled failure the flow continues without the output of the failed node.
      if (handlersEnd(handlers)) through.forEach((name) => known.add(name));
      // A node's own output remains readable; if it may be missing, its type shows that.
      if (own !== null) known.add(own);
    }
    return known;
  }

  function check(field: TemplateField, known: ReadonlySet<string>, nodeId: string): void {
    for (const { expression, path } of expressionsIn(field.value, field.path))
      for (const name of namesIn(expression)) {
        const owner = owners.get(name);
        if (!owner || known.has(name)) continue;
        const own = owner.id === nodeId ? 'This step has no output yet' : `'${owner.title}' may not have run before`;
        report(
          'not-run-yet',
          nodeId,
          path,
          `${own}: '${name}' cannot be read here.`,
          'Use a value that is available at this point.'
        );
      }
  }
}

/** Variables get their first values one after the other, before the first node runs. */
function checkVariables(document: FlowDocument, owners: ReadonlyMap<string, FlowNode>, report: Report): void {
  const set = new Set<string>();
  for (const { owner, name: variable, value, path } of flowTemplatesOf(document)) {
    if (owner !== 'variable') continue;
    for (const { expression, path: inner } of expressionsIn(value, path))
      for (const name of namesIn(expression)) {
        const unset = Object.hasOwn(document.variables, name) && !set.has(name);
        const why = unset ? 'it has no value yet' : owners.has(name) ? 'no step has run yet' : null;
        if (why !== null) {
          const message = `'${name}' cannot be read here: ${why}.`;
          report('not-run-yet', null, inner, message, 'Read the input, or variables declared before this one.');
        }
      }
    set.add(variable);
  }
}
