/** Who asks. Every operation takes one first and says what it needs of them. */
import { MAY, PERMISSIONS, ROLES, type Permission, type Person, type Role } from '@/app/_contract/people';
import { Refusal } from '../failure';

export type Actor = Person;

const WORDS: Record<Permission, string> = {
  read: 'look at this',
  operate: 'start, signal or stop runs',
  decide: 'decide approvals',
  design: 'publish flows',
};

/** Throws `notAllowed` unless the actor's role has the permission. */
export function demand(actor: Actor, permission: Permission): void {
  if (!may(actor, permission)) {
    throw new Refusal('notAllowed', `Your role '${actor.role}' does not allow you to ${WORDS[permission]}.`);
  }
}
export function may(actor: Actor, permission: Permission): boolean {
  return PERMISSIONS.includes(permission) && MAY[actor.role].includes(permission);
}

/** A row of `app.user` as an actor; an unknown role may only look. */
export function actorOf(user: {
  id: string;
  name: string;
  email: string;
  role?: string | null;
  groups?: string[] | null;
}): Actor {
  const role = ROLES.includes(user.role as Role) ? (user.role as Role) : 'viewer';
  return { id: user.id, name: user.name, email: user.email, role, groups: user.groups ?? [] };
}
