/**
 * Permissions (design D16): one table from operations to permissions, roles as named sets of permissions, and one
 * function that every entry point calls (pages, REST, sockets, gRPC). The browser calls it too, and disables what
 * would be refused.
 *
 * Invariants: pure, no I/O, no clock. An operation that is not in the table does not compile. Identity is no part of
 * this: the entry point identifies the caller and passes the grants of the caller.
 */
import { outputName } from '../flow/document';

/** The permissions that operations need. A role is a set of these. */
export const PERMISSIONS = [
  'read',
  'operate',
  'resolve',
  'decide',
  'design',
  'secrets',
  'administer',
  'audit',
  'monitor',
  'keepTasks',
  'checkKeys',
  'speakForPeople',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** The end of a sentence that begins with 'does not allow you to'. */
const WORDS: Record<Permission, string> = {
  read: 'view this',
  operate: 'start, signal, stop or schedule runs',
  resolve: 'make operator decisions',
  decide: 'decide approvals',
  design: 'draw and publish flows',
  secrets: 'change connections and secrets',
  administer: 'delete runs, or manage people, keys, search attributes and retention',
  audit: 'read the audit trail',
  monitor: 'read measurements',
  keepTasks: 'open and close tasks in the inbox',
  checkKeys: 'check the keys of others',
  speakForPeople: 'act in the name of a person',
};

/** The table. An operation is named `<entity>.<verb>`; the audit trail uses the same names. */
export const OPERATIONS = {
  'runs.list': 'read',
  'runs.export': 'read',
  'runs.get': 'read',
  'runs.query': 'read',
  'runs.watch': 'read',
  'flows.list': 'read',
  'flows.get': 'read',
  'catalogue.get': 'read',
  'drafts.list': 'read',
  'drafts.get': 'read',
  'connections.list': 'read',
  'inbox.list': 'read',
  'attention.list': 'read',
  'alerts.list': 'read',
  'hooks.list': 'read',
  'views.list': 'read',
  'views.put': 'read',
  'views.remove': 'read',
  'views.choose': 'read',
  'inbox.get': 'read',
  'inbox.answerQuestion': 'read',
  'schedules.list': 'read',
  'schedules.get': 'read',
  'examples.read': 'read',
  'cluster.describe': 'read',
  'runs.start': 'operate',
  'runs.signal': 'operate',
  'runs.update': 'operate',
  'runs.cancel': 'operate',
  'runs.terminate': 'operate',
  'runs.reset': 'operate',
  'batches.get': 'read',
  'batches.export': 'read',
  'batches.list': 'read',
  'batches.start': 'operate',
  'batches.stop': 'operate',
  'views.share': 'operate',
  'attention.own': 'operate',
  'attention.acknowledge': 'operate',
  'attention.snooze': 'operate',
  'attention.note': 'operate',
  'alerts.acknowledge': 'operate',
  'alerts.silence': 'operate',
  // The code of a flow runs for it, with a file of anybody.
  'histories.replay': 'operate',
  'runs.pause': 'operate',
  'runs.keep': 'operate',
  'runs.unpause': 'operate',
  'runs.pauseActivity': 'operate',
  'runs.unpauseActivity': 'operate',
  'runs.resetActivity': 'operate',
  'runs.updateActivity': 'operate',
  'schedules.create': 'operate',
  'schedules.update': 'operate',
  'schedules.patch': 'operate',
  'schedules.delete': 'operate',
  'queues.poll': 'operate',
  'namespaces.register': 'operate',
  'runs.decideUndo': 'resolve',
  'runs.decideOutcome': 'resolve',
  'runs.settle': 'resolve',
  'inbox.decide': 'decide',
  'inbox.takeBack': 'decide',
  'inbox.askQuestion': 'decide',
  'inbox.withdrawQuestion': 'decide',
  'inbox.claim': 'decide',
  'inbox.release': 'decide',
  'inbox.assign': 'operate',
  'inbox.listGuests': 'operate',
  'inbox.inviteGuest': 'operate',
  'inbox.revokeGuest': 'operate',
  'inbox.delegate': 'decide',
  'inbox.endDelegation': 'decide',
  'drafts.create': 'design',
  'drafts.edit': 'design',
  'drafts.restore': 'design',
  'drafts.tag': 'design',
  'drafts.archive': 'design',
  'drafts.unarchive': 'design',
  'flows.try': 'design',
  'flows.publish': 'design',
  'flows.retire': 'design',
  'flows.unretire': 'design',
  'hooks.put': 'design',
  'hooks.remove': 'design',
  'flows.archive': 'design',
  'flows.unarchive': 'design',
  'flows.checkRevision': 'design',
  'flows.endCheck': 'design',
  'flows.publishRevision': 'design',
  'flows.rollBack': 'design',
  'operations.put': 'design',
  'operations.archive': 'design',
  'operations.sendOnce': 'design',
  'connections.test': 'design',
  'secrets.list': 'design',
  'events.list': 'design',
  // Who changes a connection decides where its secrets are sent.
  'connections.put': 'secrets',
  'connections.archive': 'secrets',
  'secrets.put': 'secrets',
  // Who subscribes decides where events are sent.
  'events.put': 'secrets',
  'events.remove': 'secrets',
  'events.rotate': 'secrets',
  'events.replay': 'secrets',
  'events.test': 'secrets',
  'runs.delete': 'administer',
  'namespaces.update': 'administer',
  'namespaces.deprecate': 'administer',
  'namespaces.delete': 'administer',
  'people.list': 'administer',
  'people.invite': 'administer',
  'people.withdrawInvitation': 'administer',
  'people.setRoles': 'administer',
  'people.deactivate': 'administer',
  'people.reactivate': 'administer',
  'people.resetPassword': 'administer',
  'people.removeSecondFactor': 'administer',
  'people.setSecondFactorRule': 'administer',
  'groups.put': 'administer',
  'groups.remove': 'administer',
  'keys.list': 'administer',
  'keys.create': 'administer',
  'keys.revoke': 'administer',
  'notifications.list': 'administer',
  'notifications.retry': 'administer',
  'chats.put': 'administer',
  'chats.test': 'administer',
  'chats.remove': 'administer',
  // Who makes a rule decides whom Backstitch calls at night, and where it sends what.
  'alerts.putRule': 'administer',
  'alerts.removeRule': 'administer',
  'alerts.putDestination': 'administer',
  'alerts.removeDestination': 'administer',
  'alerts.test': 'administer',
  'searchAttributes.add': 'administer',
  'searchAttributes.remove': 'administer',
  'audit.read': 'audit',
  'audit.export': 'audit',
  'audit.check': 'audit',
  'metrics.read': 'monitor',
  'workers.list': 'operate',
  'tasks.open': 'keepTasks',
  'tasks.close': 'keepTasks',
  'alerts.tell': 'keepTasks',
  'keys.check': 'checkKeys',
  'people.speakFor': 'speakForPeople',
} as const satisfies Record<string, Permission>;
export type Operation = keyof typeof OPERATIONS;

/** Roles of people, groups and API keys, the most powerful first. */
export const ROLES = {
  admin: ['read', 'operate', 'resolve', 'decide', 'design', 'secrets', 'administer', 'audit', 'monitor'],
  designer: ['read', 'operate', 'resolve', 'design', 'monitor'],
  operator: ['read', 'operate', 'resolve', 'monitor'],
  approver: ['read', 'decide'],
  auditor: ['read', 'audit'],
  viewer: ['read'],
  /** For the key of a monitoring system, which sees names and counts, and no run. */
  monitor: ['monitor'],
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];

/**
 * Roles that no person has: those of the product's own processes, and of a client on this machine without a key. Each
 * role contains only what its process needs.
 */
export const PROCESS_ROLES = {
  /** Makes requests for people who signed in, and passes their identity; it has checked their roles itself. */
  web: ['read', 'operate', 'resolve', 'decide', 'design', 'secrets', 'administer', 'checkKeys', 'speakForPeople'],
  /** Runs activities: it opens and closes the tasks of approvals in the web. */
  worker: ['keepTasks'],
  /**
   * The key of `local.env`: a user who can read that file owns the installation, but is not a person who could
   * decide.
   */
  owner: ['read', 'operate', 'resolve', 'design', 'secrets', 'monitor'],
  /** A client on this machine without a key, as with a development server. */
  local: ['read', 'operate'],
} as const satisfies Record<string, readonly Permission[]>;
export type ProcessRole = keyof typeof PROCESS_ROLES;

/** A role for everything, or for one flow. */
export interface Grant {
  role: Role | ProcessRole;
  /** The name of the flow; null: everything. */
  flow: string | null;
}
/** The subject of a check: a person with the roles of their groups, a key, or a process. */
export interface Subject {
  grants: readonly Grant[];
  /** For a key: its owner. A key is never allowed more than its owner. */
  within?: Subject;
}

const SETS: Readonly<Record<string, readonly Permission[]>> = { ...ROLES, ...PROCESS_ROLES };

function grantsOf(subject: Subject, operation: Operation): Grant[] {
  const permission = OPERATIONS[operation];
  return subject.grants.filter(({ role }) => Object.hasOwn(SETS, role) && SETS[role]?.includes(permission));
}

/**
 * True if the operation is allowed. With a flow: for runs, tasks and versions of that flow. Without a flow: for
 * everything, which is also required for a run of no published flow.
 */
export function may(subject: Subject, operation: Operation, flow: string | null = null): boolean {
  const granted = grantsOf(subject, operation).some((grant) => grant.flow === null || grant.flow === flow);
  return granted && (!subject.within || may(subject.within, operation, flow));
}

/** True if the operation is allowed for at least one flow. For lists, which then show only these flows: `flowsOf`. */
export function mayAnywhere(subject: Subject, operation: Operation): boolean {
  const flows = flowsOf(subject, operation);
  return flows === null || flows.length > 0;
}

/** The flows for which the operation is allowed; null: all flows, and everything that belongs to no flow. */
export function flowsOf(subject: Subject, operation: Operation): readonly string[] | null {
  const grants = grantsOf(subject, operation);
  const named = [...new Set(grants.flatMap(({ flow }) => flow ?? []))].sort();
  const flows = grants.some(({ flow }) => flow === null) ? null : named;
  if (!subject.within) return flows;
  const owners = flowsOf(subject.within, operation);
  if (flows === null || owners === null) return flows ?? owners;
  return flows.filter((flow) => owners.includes(flow));
}

/** As `may`, by the workflow type of a run: `orderFulfilment_v3` is a version of 'order-fulfilment'. */
export function mayForType(subject: Subject, operation: Operation, workflowType: string): boolean {
  const flows = flowsOf(subject, operation);
  return flows === null || flows.some((flow) => workflowType.startsWith(typePrefix(flow)));
}

/** The prefix of the workflow types of all versions of a flow, which no other flow has. */
export const typePrefix = (flow: string): string => `${outputName(flow)}_v`;

/** The reason of a refusal, as a sentence for a button or an error; null if the operation is allowed. */
export function whyNot(subject: Subject, operation: Operation, flow: string | null = null): string | null {
  if (may(subject, operation, flow)) return null;
  const words = WORDS[OPERATIONS[operation]];
  const scope = flow === null || !mayAnywhere(subject, operation) ? '' : ` of '${flow}'`;
  if (subject.grants.length === 0) return `You have no role, so you may not ${words}.`;
  return `Your role (${roleWords(subject.grants)}) does not allow you to ${words}${scope}.`;
}

/** 'operator, approver for order-fulfilment' */
export function roleWords(grants: readonly Grant[]): string {
  const words = grants.map(({ role, flow }) => (flow === null ? role : `${role} for ${flow}`));
  return [...new Set(words)].join(', ') || 'none';
}
