/**
 * [FV9] An expression reads only outputs of nodes that have certainly run before it, and variables only after they
 *       have a value.
 */
import type { FlowDocument } from './document';
import { expressionsIn, namesIn } from './expression-names';
import { outputName } from './names';
import { factsOf, type FlowNode } from './nodes/table';
import type { Report } from './report';
import { walkScopes } from './scope';
import type { TemplateField } from './template';
import { flowTemplatesOf } from './templates';
import { allNodes } from './tree';

export function checkReferences(document: FlowDocument, report: Report): void {
  const owners = new Map(
    allNodes(document.steps)
      .filter((node) => factsOf(node).output)
      .map((node) => [outputName(node.id), node])
  );
  checkVariables(document, owners, report);
  walkScopes(document.steps, (node, { outputs }, place) => {
    const { output, templates } = factsOf(node);
    const own = output ? outputName(node.id) : null;
    // An undo may read the step's own output; the linter checks whether it will exist.
    for (const field of templates(node).filter(({ readsInside = false }) => readsInside === (place === 'inside')))
      check(field, (name) => outputs.has(name) || (field.readsOwn === true && name === own), node.id);
  });

  function check(field: TemplateField, isKnown: (name: string) => boolean, nodeId: string): void {
    for (const { expression, path } of expressionsIn(field.value, field.path))
      for (const name of namesIn(expression)) {
        const owner = owners.get(name);
        if (!owner || isKnown(name)) continue;
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
