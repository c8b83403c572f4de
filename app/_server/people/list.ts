/** Settings, People: everybody with their own roles and groups, the links that can still be used, the groups. */
import type { PeopleList } from '@/app/_contract/people';
import type { Web } from '../web';
import { demand, type Actor } from './actor';
import { byName } from '@/engine/flow/values/name-order';
import { knownGrants } from './person';
import { readSecondFactorRule } from './second-factor-rule';

export async function listPeople(
  web: Pick<Web, 'database' | 'catalogue' | 'mail' | 'provider'>,
  actor: Actor
): Promise<PeopleList> {
  demand(actor, 'people.list');
  const { database } = web;
  const [people, links, groups, seen, flows, rule] = await Promise.all([
    database.user.findMany({
      orderBy: [{ deactivatedAt: { sort: 'asc', nulls: 'first' } }, { name: 'asc' }, { id: 'asc' }],
      include: {
        grants: true,
        memberships: true,
        _count: { select: { passkeys: true, accounts: { where: { password: { not: null } } } } },
      },
    }),
    database.entryLink.findMany({
      where: { usedAt: null, withdrawnAt: null, expiresAt: { gt: new Date() } },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    }),
    database.personGroup.findMany({
      orderBy: { name: 'asc' },
      include: { grants: true, members: { include: { person: { select: { id: true, name: true } } } } },
    }),
    database.auditEntry.groupBy({
      by: ['actorId'],
      where: { operation: 'people.signIn', outcome: 'done' },
      _max: { at: true },
    }),
    flowNames(web),
    readSecondFactorRule(database),
  ]);
  const seenAt = new Map(seen.map(({ actorId, _max }) => [actorId, _max.at?.getTime() ?? null]));
  return {
    people: people.map((person) => ({
      id: person.id,
      name: person.name,
      email: person.email,
      grants: sorted(knownGrants(person.grants)),
      groups: person.memberships.map(({ groupName }) => groupName).sort(byName),
      createdMs: person.createdAt.getTime(),
      lastSeenMs: seenAt.get(person.id) ?? null,
      secondFactor: person.twoFactorEnabled,
      passkeys: person._count.passkeys,
      lacksFactor: person._count.accounts > 0 && !person.twoFactorEnabled && person._count.passkeys === 0,
      deactivatedMs: person.deactivatedAt?.getTime() ?? null,
    })),
    invitations: links.map((link) => ({
      id: link.id,
      kind: link.kind === 'reset' ? 'reset' : 'invite',
      email: link.email,
      name: link.name,
      grants: sorted(knownGrants(link.grants)),
      groups: link.groups,
      createdBy: link.createdBy,
      createdMs: link.createdAt.getTime(),
      expiresMs: link.expiresAt.getTime(),
    })),
    groups: groups.map((group) => ({
      name: group.name,
      grants: sorted(knownGrants(group.grants)),
      members: group.members.map(({ person }) => person).sort((a, b) => byName(a.name, b.name)),
    })),
    flows,
    mail: web.mail.configured,
    secondFactorRule: rule,
    provider: web.provider?.name ?? null,
    readAtMs: Date.now(),
  };
}

/** Null while the engine is away: roles for everything can still be assigned. */
export async function flowNames({ catalogue }: Pick<Web, 'catalogue'>): Promise<string[] | null> {
  const versions = await catalogue.list().catch(() => null);
  return versions && [...new Set(versions.map(({ flow }) => flow))].sort(byName);
}

const sorted = <G extends { role: string; flow: string | null }>(grants: G[]): G[] =>
  grants.sort((a, b) => byName(a.flow ?? '', b.flow ?? '') || byName(a.role, b.role));
