/** [V9] An expression reads only outputs of nodes that have surely run by then, and variables only once they have a value. */
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

  /** Returns the names known after the sequence. */
  function walk(steps: readonly FlowNode[], before: ReadonlySet<string>): Set<string> {
    const known = new Set(before);
    for (const node of steps) {
      const { output, templates, branches, runs } = factsOf(node);
      const own = output ? outputName(node.id) : null;
      const withOwn = own === null ? known : new Set([...known, own]);
      // An undo may read the step's own output; whether it will have it is the linter's question.
      for (const field of templates(node)) check(field, field.readsOwn ? withOwn : known, node.id);
      const through = new Set(known);
      for (const branch of branches(node)) {
        const inBranch = walk(branch.steps, branch.knowsOutput ? withOwn : known);
        // Of several ways only one is taken: what is known in it is not known behind.
        if (runs === 'all') inBranch.forEach((name) => through.add(name));
      }
      const handlers = catchesOf(node);
      for (const handler of handlers) walk(handler.then, known);
      // Once a failure was handled the flow goes on without what its node would have given.
      if (handlersEnd(handlers)) through.forEach((name) => known.add(name));
      // A node's own output stays readable: where it may be missing its type says so.
      if (own !== null) known.add(own);
    }
    return known;
  }

  function check(field: TemplateField, known: ReadonlySet<string>, nodeId: string): void {
    for (const { expression, path } of expressionsIn(field.value, field.path))
      for (const name of namesIn(expression)) {
        const owner = owners.get(name);
        if (!owner || known.has(name)) continue;
        const own = owner.id === nodeId ? 'This step has no output yet' : `'${owner.title}' has not surely run by then`;
        report('not-run-yet', nodeId, path, `${own}: '${name}' cannot be read here.`, 'Read what is known by then.');
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
