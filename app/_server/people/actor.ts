/** Who asks. Every operation takes one first and asks what they may (engine/permissions). */
import type { Person } from '@/app/_contract/people';
import { may, mayAnywhere, whyNot, type Operation } from '@/engine/permissions/permissions';
import { Refusal } from '../failure';

export interface Actor extends Person {
  /** How they proved who they are, for the audit trail: 'session', `key 'name'`. */
  via: string;
  /** Network address of who asks; null where there is none. */
  from: string | null;
}

/** Throws `notAllowed` unless the actor may do this to what belongs to the flow; without a flow, to everything. */
export function demand(actor: Actor, operation: Operation, flow: string | null = null): void {
  if (!may(actor, operation, flow)) throw notAllowed(actor, operation, flow);
}

/** For lists, and before it is known of which flow something is: throws `notAllowed` unless they may for at least one flow. */
export function demandAnywhere(actor: Actor, operation: Operation): void {
  if (!mayAnywhere(actor, operation)) throw notAllowed(actor, operation, null);
}

const notAllowed = (actor: Actor, operation: Operation, flow: string | null) =>
  new Refusal('notAllowed', whyNot(actor, operation, flow) ?? 'Your role does not allow this.');
