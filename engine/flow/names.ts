/** Names in a flow document, and the names in generated code and runs that are made from them. */
import { z } from 'zod';

export const nodeIdSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    'must start with a letter and have only small letters, digits and dashes; at most 63 characters'
  );
/** Names of flows: the workflow type is the camel-case name plus `_v<version>`. */
export const flowNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    'must start with a letter and have only small letters, digits and dashes; at most 63 characters'
  );
export const identifierSchema = z
  .string()
  .regex(
    /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/,
    'must start with a letter and have only letters, digits and underscores; at most 63 characters'
  );

/** `charge-payment` → `chargePayment`: the name of a node's output in expressions and generated code. */
export function outputName(nodeId: string): string {
  return nodeId.replace(/-+([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}
/** `order-fulfilment`, 3 → `orderFulfilment_v3` (design D6). */
export function workflowType(flowName: string, version: number): string {
  return `${outputName(flowName)}_v${version}`;
}

/** What a node is called in a drawing. A title of spaces would be a card without a name: the id is shown. */
export const nameOf = ({ id, title }: { id: string; title: string }): string => (title.trim() === '' ? id : title);

/**
 * Names that already have a meaning in expressions or in generated code: names that the code declares (`saga`, `s`,
 * `input`), names that it uses (`Date`, `Infinity`), and reserved words.
 */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'input output argument saga s flow undefined globalThis arguments await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package private protected public ' +
    'return static super switch this throw true try typeof undefined var void while with yield async of ' +
    'Math Number String Boolean Object Array JSON Date NaN Infinity ' +
    // Every object has these: a query would read them although the step has not run yet.
    'constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf'
  ).split(' ')
);
/** No output, variable, item or caught failure may have this name. */
export const isReserved = (name: string): boolean => RESERVED.has(name);
