/**
 * Quick fixes for a flow that declares an output which a path does not give. Pure; the rules are those of fixes.ts.
 *
 * Rules
 * [OFX1] The output is filled in only with values that have the name and the type of its fields, and that are certainly
 *       there. If a required field has none, it is not offered: a made-up value would be the output of real runs.
 */
import type { Catalogue } from '../catalogue';
import { fittingIn } from '../fitting';
import type { JsonSchema } from '../json-schema';
import { isReadable } from '../expression-names';
import { scopeAt } from '../scope';
import { applyGesture } from './apply';
import { newNode } from './compose';
import { documentOf } from './document-of';
import type { Draft, DraftNode, Json } from './draft';
import { setField } from './fields';
import type { Operation } from './operations';

interface Fix {
  title: string;
  operations: Operation[];
}

/** Of an end without an output. */
export function fillOutput(draft: Draft, end: DraftNode, catalogue: Catalogue): Fix[] {
  const output = outputAt(draft, end.id, catalogue);
  const fill = output && {
    title: 'Fill in the output',
    operations: setField(draft, { node: end.id }, ['output'], output),
  };
  return [...(fill ? [fill] : []), noOutput(draft)];
}

/** Of a flow whose last step can be left without an end. */
export function addEnd(draft: Draft, catalogue: Catalogue): Fix[] {
  const end = newNode(draft, 'end');
  const slot = { parent: null, branch: null, after: draft.steps.at(-1)?.id ?? null, before: null };
  const insert: Operation = { op: 'insert', node: end, slot };
  const outcome = applyGesture(draft, { operations: [insert] });
  const output = outcome.refusal === null ? outputAt(outcome.draft, end.id, catalogue) : null;
  if (output === null) return [noOutput(draft)];
  const node = { ...end, fields: { ...end.fields, output } };
  return [{ title: 'Add an end with the output', operations: [{ ...insert, node }] }, noOutput(draft)];
}

const noOutput = (draft: Draft): Fix => ({
  title: 'Declare no output',
  operations: setField(draft, { node: null }, ['output'], undefined),
});

/** [OFX1] Null if a value is missing. */
function outputAt(draft: Draft, endId: string, catalogue: Catalogue): { [name: string]: Json } | null {
  const schema = draft.flow.output as JsonSchema | undefined;
  if (schema?.type !== 'object') return null;
  const scope = scopeAt(documentOf(draft).document, catalogue, { nodeId: endId, path: ['output'] });
  const { properties = {}, required = [] } = schema;
  const filled = Object.entries(properties).flatMap(([name, field]): [string, Json][] => {
    const fitting = isReadable(name) ? fittingIn(scope, name, field) : undefined;
    return fitting === undefined ? [] : [[name, { $expr: fitting }]];
  });
  const output = Object.fromEntries(filled);
  return required.every((name) => Object.hasOwn(output, name)) ? output : null;
}
