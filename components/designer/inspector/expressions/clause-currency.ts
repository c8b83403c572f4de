/**
 * The currency of an amount in a condition, if it is the same in every run: then the amount is written as people write
 * it. Otherwise how many decimals it has is decided in the run, and the smallest unit is written. Pure.
 *
 * Rules
 * [CCU1] It is known if another row, joined by 'and', says which one it is.
 * [CCU2] It is known if the field of the currency can have one value only.
 * [CCU3] If it can have several, all with as many decimals, an amount is written with these.
 */
import type { JsonSchema } from '@/engine/flow/document';
import { minorDigits } from '@/engine/flow/values/money';
import type { Clause, Condition } from './condition';
import { schemaOfPath, type ScopePath } from './scope-paths';

export interface ClauseCurrency {
  /** Its decimals are those of the amount; null: not known. */
  currency: string | null;
  /** All that it can be; empty: any. */
  among: readonly string[];
}

export function currencyOf(
  { path }: Clause,
  { joined, clauses }: Condition,
  schema: JsonSchema | undefined,
  paths: readonly ScopePath[]
): ClauseCurrency {
  const name = schema?.currencyField;
  if (name === undefined) return { currency: null, among: [] };
  const beside = plain(path).replace(/[^.]+$/, name);
  const said = clauses.find((each) => plain(each.path) === beside && each.operator === 'is')?.value;
  const isSaid = joined === '&&' && said && 'literal' in said && typeof said.literal === 'string';
  const among = isSaid ? [said.literal as string] : (schemaOfPath(paths, beside)?.enum ?? []).map(String);
  const digits = new Set(among.map(minorDigits));
  const isKnown = digits.size === 1 && !digits.has(null);
  return { currency: isKnown ? among[0]! : null, among };
}
const plain = (path: string): string => path.replaceAll('?.', '.');
