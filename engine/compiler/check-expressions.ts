/**
 * Phase 3. Checks every expression of a flow against the safe subset, with the names that are in scope at its place.
 */
import type { Diagnostic } from '../flow/diagnostic';
import { outputName, type FlowDocument } from '../flow/document';
import { expressionsIn } from '../flow/expression-names';
import { factsOf } from '../flow/nodes/table';
import { walkScopes } from '../flow/scope';
import type { TemplateField } from '../flow/template';
import { flowTemplatesOf } from '../flow/templates';
import { allNodes } from '../flow/tree';
import { problemsIn } from './expressions';

/** Validation ([FV9]) checks which outputs are certainly available; here all of them are in scope. */
export function checkExpressions(flow: FlowDocument): Diagnostic[] {
  const found: Diagnostic[] = [];
  const variables = Object.keys(flow.variables);
  const outputs = allNodes(flow.steps)
    .filter((node) => factsOf(node).output)
    .map(({ id }) => outputName(id));
  const everywhere = new Set(['input', ...variables, ...outputs]);

  for (const field of flowTemplatesOf(flow)) {
    // A key identifies an event before the first step has run, so its expression may read only the payload.
    check(field, null, field.owner === 'signal' ? new Set() : everywhere);
  }
  walkScopes(flow.steps, (node, scope, place) => {
    const { caught, items } = scope;
    const names = new Set([...everywhere, ...caught.keys(), ...items.keys()]);
    const later = new Set(outputs.filter((name) => !scope.outputs.has(name) && name !== outputName(node.id)));
    for (const field of factsOf(node).templates(node))
      if ((field.readsInside ?? false) === (place === 'inside')) check(field, node.id, names, later);
  });
  return found;

  function check(
    { value, path, readsArgument }: TemplateField,
    nodeId: string | null,
    scope: ReadonlySet<string>,
    later?: ReadonlySet<string>
  ): void {
    const names = readsArgument ? new Set([...scope, 'argument']) : scope;
    for (const { expression, path: inner } of expressionsIn(value, path))
      for (const { message, from, to, instead, unknown } of problemsIn(expression, names, later))
        found.push({
          code: 'expression',
          severity: 'error',
          nodeId,
          path: inner,
          message,
          ...(instead === undefined ? {} : { instead: { from, to, text: instead } }),
          ...(unknown === undefined ? {} : { unknown }),
        });
  }
}
