/**
 * Who makes a request. Every operation takes the actor first and checks the actor's permissions (engine/permissions).
 */
import type { Person } from '@/app/_contract/people';
import { may, mayAnywhere, whyNot, type Operation } from '@/engine/permissions/permissions';
import { Refusal } from '../failure';

export interface Actor extends Person {
  /** How the actor was authenticated, for the audit trail: 'session', `key 'name'`. */
  via: string;
  /** The network address of the caller; null if there is none. */
  from: string | null;
}

/** Throws `notAllowed` unless the actor has this permission for the flow; without a flow, for everything. */
export function demand(actor: Actor, operation: Operation, flow: string | null = null): void {
  if (!may(actor, operation, flow)) throw notAllowed(actor, operation, flow);
}

/**
 * For lists, and if the flow is not known yet: throws `notAllowed` unless the actor has this permission for at least
 * one flow.
 */
export function demandAnywhere(actor: Actor, operation: Operation): void {
  if (!mayAnywhere(actor, operation)) throw notAllowed(actor, operation, null);
}

const notAllowed = (actor: Actor, operation: Operation, flow: string | null) =>
  new Refusal('notAllowed', whyNot(actor, operation, flow) ?? 'Your role does not allow this.');
