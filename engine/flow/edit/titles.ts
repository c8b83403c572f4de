/**
 * Titles of what comes from outside: an imported document, steps from the clipboard. Cards, lists and generated
 * comments have one line for a title, and the fields of the designer too, so a line break could be seen nowhere.
 *
 * [TTL1] Line breaks and control characters in a title become one space. Texts of several lines (descriptions,
 *        questions, notes) and data are not changed, whatever their fields are called.
 */
import { isFields, type Draft, type DraftNode, type Fields, type Json } from './draft';

const BREAKS = /\s*[\u0000-\u001f\u007f-\u009f\u2028\u2029]\s*/g;

export function oneLineTitles({ flow, steps, tray }: Draft): Draft {
  const named = ['signals', 'queries', 'updates', 'searchable', 'scenarios', 'tests'].filter(
    (name) => flow[name] !== undefined
  );
  const entries = named.map((name) => [name, ofEach(flow[name]!)] as const);
  return {
    flow: { ...titled(flow), ...Object.fromEntries(entries) },
    steps: oneLineSteps(steps),
    tray: oneLineSteps(tray),
  };
}

export const oneLineSteps = (steps: readonly DraftNode[]): DraftNode[] => steps.map(oneLineStep);

function oneLineStep(node: DraftNode): DraftNode {
  const { undo } = node.fields;
  const fields = titled(isFields(undo) ? { ...node.fields, undo: titled(undo) } : node.fields);
  const branches = node.branches.map((branch) => {
    return { ...branch, fields: titled(branch.fields), steps: oneLineSteps(branch.steps) };
  });
  return { ...node, fields, branches };
}

/** Of a list, or of an object by name. */
function ofEach(values: Json): Json {
  const entry = (value: Json): Json => (isFields(value) ? titled(value) : value);
  if (Array.isArray(values)) return values.map(entry);
  if (!isFields(values)) return values;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, entry(value)]));
}

function titled<F extends Fields>(fields: F): F {
  const { title } = fields;
  return typeof title === 'string' ? { ...fields, title: title.replace(BREAKS, ' ').trim() || ' ' } : fields;
}
