/** Names in a flow document, and what generated code and runs make of them. */
import { z } from 'zod';

export const nodeIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'starts with a letter; small letters, digits and dashes; at most 63 characters');
/** Names of flows: the workflow type is their camel case plus `_v<version>`. */
export const flowNameSchema = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
export const identifierSchema = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/);

/** `charge-payment` → `chargePayment`: how expressions and generated code call a node's output. */
export function outputName(nodeId: string): string {
  return nodeId.replace(/-+([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}
/** `order-fulfilment`, 3 → `orderFulfilment_v3` (design D6). */
export function workflowType(flowName: string, version: number): string {
  return `${outputName(flowName)}_v${version}`;
}
