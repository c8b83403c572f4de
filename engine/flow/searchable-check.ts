/**
 * Rules
 * [SRF1] A flow has at most ten searchable fields.
 * [SRF2] A field has no name that the system has for its own search attributes.
 * [SRF3] A field reads nothing that is sensitive, and no whole that contains it: lists show and compare the values of
 *        fields unmasked.
 * [SRF4] A field reads no output of a step in a loop: each item would replace the value of the one before.
 */
import { isReservedAttribute } from '../visibility/attribute-names';
import type { Catalogue } from './catalogue';
import type { FlowDocument } from './document';
import { readsIn } from './expression-names';
import type { JsonSchema } from './json-schema';
import { outputName } from './names';
import { factsOf, type FlowNode } from './nodes/table';
import type { Report } from './report';
import { scopeAt } from './scope';
import { MOST_SEARCHABLE } from './searchable';
import { allNodes, isLoop, nestedSteps } from './tree';
import { namesSensitive } from './values/mask';

export function checkSearchable(document: FlowDocument, catalogue: Catalogue, report: Report): void {
  const fields = Object.entries(document.searchable ?? {});
  if (fields.length === 0) return;
  if (fields.length > MOST_SEARCHABLE) {
    const message = `The flow has ${fields.length} searchable fields; at most ${MOST_SEARCHABLE} are possible.`;
    report('too-many-searchable', null, ['searchable'], message, 'Remove those by which nobody searches.');
  }
  const inLoops = outputsInLoops(document);
  for (const [name, { value }] of fields) {
    if (isReservedAttribute(name)) {
      const message = `'${name}' is a name that the system has for its own search attributes.`;
      report('reserved-name', null, ['searchable', name], message, 'Give the field another name.');
    }
    const path = ['searchable', name, 'value'];
    const scope = scopeAt(document, catalogue, { nodeId: null, path });
    for (const { read, schema, name: root } of pathsIn(value, scope)) {
      if (schema && namesSensitive(schema)) {
        const message = `'${read}' is sensitive, or contains what is: lists would show it to everybody who may see runs.`;
        report('sensitive-searchable', null, path, message, 'Choose another value.');
      }
      const loop = inLoops.get(root);
      if (loop) {
        const message = `'${root}' is the output of a step in the loop '${loop.title}', so every item would replace it.`;
        report('searchable-in-loop', null, path, message, 'Choose a value from outside of the loop, or a variable.');
      }
    }
  }
}

/** What an expression reads: the longest path whose schema is known, or up to a sensitive part of it. */
function pathsIn(
  expression: string,
  scope: ReturnType<typeof scopeAt>
): { read: string; name: string; schema: JsonSchema | undefined }[] {
  return readsIn(expression).flatMap(({ name, to }) => {
    const value = scope.find((each) => each.name === name);
    if (!value) return [];
    let [schema, end] = [value.schema, to];
    // The name of a method is no field: `input.card.toString()` reads the whole card.
    const field = /\s*\??\.\s*([A-Za-z_$][\w$]*)(?![\w$]|\s*(?:\?\.)?\s*\()/y;
    while (schema && !schema.sensitive) {
      field.lastIndex = end;
      const next: string | undefined = field.exec(expression)?.[1];
      if (next === undefined) break;
      const inner: JsonSchema | undefined = Object.hasOwn(schema.properties ?? {}, next)
        ? schema.properties?.[next]
        : schema.type === 'array' && next === 'length'
          ? { type: 'integer' }
          : undefined;
      if (!inner) break;
      schema = inner;
      end = field.lastIndex;
    }
    return [{ read: expression.slice(to - name.length, end), name, schema }];
  });
}

function outputsInLoops({ steps }: FlowDocument): Map<string, FlowNode> {
  const loops = allNodes(steps).filter(isLoop);
  return new Map(
    loops.flatMap((loop) =>
      nestedSteps(loop)
        .flatMap(allNodes)
        .filter((node) => factsOf(node).output)
        .map(({ id }) => [outputName(id), loop] as const)
    )
  );
}
