/**
 * What a step does if it is not known whether it happened, as the form and the drawing choose it. Pure.
 *
 * Rules
 * [COP1] A policy is chosen for a step that has an effect. 'Undo it' needs an undo, and the reason is given where there
 * is none.
 * [COP2] A look-up begins as the activity suggests it. One that is there already remains as it is.
 */
import type { Catalogue } from '@/engine/flow/catalogue';
import type { FlowNode } from '@/engine/flow/document';
import { isFields, type DraftNode, type Json } from '@/engine/flow/edit/draft';
import { suggestedLookup } from '@/engine/flow/edit/fields';
import { effectOf } from '@/engine/flow/nodes/step';
import { factsOf } from '@/engine/flow/nodes/table';

export const POLICY_WORDS = {
  undo: { label: 'Undo it', description: 'The undo runs as if it had happened. It must cope if nothing had.' },
  check: { label: 'Look it up', description: 'Another call asks the service whether it happened.' },
  ask: { label: 'Ask a person', description: 'The run waits until an operator says whether it happened.' },
} as const;
export type Policy = keyof typeof POLICY_WORDS;

/** Of the field `unknown`. Null: none is chosen, so an operator is asked. */
export const policyOf = (unknown: Json | undefined): Policy | null =>
  isFields(unknown) ? ((unknown.policy as Policy | undefined) ?? null) : null;

/** Can it remain unknown whether it happened? */
export function mayBeUnknown({ id, kind, fields }: DraftNode, catalogue: Catalogue): boolean {
  const node = { ...fields, id, kind } as FlowNode;
  const step = factsOf(node).step(node);
  // A child says itself what it has left.
  return step !== null && !step.undoesItself && effectOf(step, catalogue) !== 'none';
}

/** [COP1] `whyNot` null: it can be chosen. */
export function policyChoices({ fields }: DraftNode): { policy: Policy; whyNot: string | null }[] {
  const now = policyOf(fields.unknown);
  return (Object.keys(POLICY_WORDS) as Policy[]).map((policy) => ({
    policy,
    whyNot:
      policy === 'undo' && fields.undo === undefined && now !== 'undo' ? 'Possible when the step has an undo.' : null,
  }));
}

/** [COP2] The value of the field `unknown` with this policy. */
export function withPolicy(node: DraftNode, policy: Policy, catalogue: Catalogue): Json {
  const { unknown } = node.fields;
  if (unknown !== undefined && policyOf(unknown) === policy) return unknown;
  return policy === 'check' ? (suggestedLookup(node, catalogue) ?? LOOK_UP) : { policy };
}
const LOOK_UP: Json = { policy: 'check', activity: 'http.request', input: { answer: 'lookup' } };
