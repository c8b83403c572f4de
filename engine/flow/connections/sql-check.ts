/**
 * The problems of a statement that its schema does not find.
 *
 * Rules
 * [QC1] A placeholder names a field of the input, or a key of the call.
 * [QC2] It is one statement, and none that begins or ends a transaction: the transaction belongs to the call.
 */
import { isField } from './fields';
import type { Operation } from './operation';
import type { Report } from './problem';
import { prepared, type SqlCall } from './sql';

export function checkSql(call: SqlCall, { input }: Pick<Operation, 'input'>, report: Report): void {
  const { text, fields } = prepared(call.statement);
  for (const field of fields)
    if (!isField(input, field.join('.'))) report(['call', 'statement'], `The input has no field '${field.join('.')}'.`);
  const bare = text
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/g, ' ')
    .trim();
  if (/;(?!\s*$)/.test(bare)) report(['call', 'statement'], 'Only one statement can be carried out.');
  const [verb = ''] = /^\w+/.exec(bare) ?? [];
  if (OF_TRANSACTIONS.test(verb))
    report(['call', 'statement'], `${verb.toUpperCase()} cannot be used: the call has a transaction of its own.`);
}

const OF_TRANSACTIONS =
  /^(begin|start|commit|end|rollback|abort|savepoint|release|prepare|set|reset|discard|listen|copy|lock|vacuum)$/i;
