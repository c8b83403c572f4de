/** The queries and updates that a flow declares, registered before its first step. */
import type { FlowDocument } from '../../flow/document';
import { expressionsIn, namesIn } from '../../flow/expression-names';
import { schemaType } from '../../flow/schema/type';
import type { Doors } from './doors';
import type { Outputs } from './outputs';
import { comment, expression, template, text } from './print';

/** `outputsType`: the type of the outputs that handlers get. */
export function handlers(
  { queries, updates }: FlowDocument,
  outputs: Outputs,
  doors: Doors,
  outputsType: string
): string[] {
  return [
    ...Object.entries(queries).map(([name, { title, result }]) => {
      const read = taken(outputs, result);
      const typed = read === '' ? '' : `<${outputsType}>`;
      return `\n${comment(title)}\ns.onQuery${typed}(${text(name)}, (${read}) => (${template(result)}));`;
    }),
    ...Object.entries(updates).map(([name, { title, schema, accept, refusal, set }]) => {
      const sets = Object.entries(set).map(([variable, value]) => `${variable} = ${template(value)};`);
      const fields = [
        `schema: ${doors.updateSchema(name)}`,
        ...(accept === undefined
          ? []
          : [`accept: (${parameters(outputs, { $expr: accept })}) => ${expression(accept)}`]),
        ...(refusal === undefined ? [] : [`refusal: ${text(refusal)}`]),
        `apply: (${parameters(outputs, set)}) => { ${sets.join(' ')} }`,
      ];
      const reads = outputs.readIn([{ $expr: accept ?? '' }, set]).length > 0;
      const types = `<${schemaType(schema)}${reads ? `, ${outputsType}` : ''}>`;
      return `\n${comment(title)}\ns.onUpdate${types}(${text(name)}, { ${fields.join(', ')} });`;
    }),
  ];
}

/** The parameters of an update, as far as they are used: its argument, and the destructured outputs. */
function parameters(outputs: Outputs, value: unknown): string {
  const read = taken(outputs, value);
  const readsArgument = expressionsIn(value).some(({ expression: source }) => namesIn(source).has('argument'));
  if (read === '') return readsArgument ? 'argument' : '';
  return `${readsArgument ? 'argument' : '_argument'}, ${read}`;
}

function taken(outputs: Outputs, value: unknown): string {
  const names = outputs.readIn(value);
  return names.length > 0 ? `{ ${names.join(', ')} }` : '';
}
