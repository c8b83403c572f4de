/** The searchable fields of a flow, declared before its first step. */
import type { FlowDocument } from '../../flow/document';
import type { Outputs } from './outputs';
import { comment, expression, repeats, text } from './print';

export function searchable({ searchable: fields = {} }: FlowDocument, outputs: Outputs): string[] {
  const declared = Object.entries(fields).map(([name, { title, type, value }]) => {
    const read = outputs.readIn({ $expr: value });
    const words = repeats(title, name) ? '' : `${comment(title)}\n`;
    const reads = read.length > 0 ? `{ ${read.join(', ')} }` : '';
    return `${words}${name}: { type: ${text(type)}, value: (${reads}) => ${expression(value)} },`;
  });
  if (declared.length === 0) return [];
  const readsAny = Object.values(fields).some(({ value }) => outputs.readIn({ $expr: value }).length > 0);
  return [`\ns.searchable${readsAny ? '<Outputs>' : ''}({\n${declared.join('\n')}\n});`];
}
