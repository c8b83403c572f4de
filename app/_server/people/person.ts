/**
 * A person as stored now: name, groups, and the roles of both. Read for every request, so that a change takes effect
 * at once.
 */
import type { Grant, Person } from '@/app/_contract/people';
import { ROLE_NAMES, type Role } from '@/engine/permissions/permissions';
import { Prisma } from '@/prisma/client/client';
import type { Web } from '../web';

interface Row {
  id: string;
  name: string;
  email: string;
  active: boolean;
  groups: string[];
  grants: { role: string; flow: string | null }[];
}

/**
 * Null: there is no such person, or the person was deactivated. The name is what the person is called wherever something
 * was done: in histories, decisions, drafts and the audit trail. If several people have it, it has the address as well.
 */
export async function readPerson(web: Pick<Web, 'database'>, id: string): Promise<Person | null> {
  return (await readPeople(web, [id]))[0] ?? null;
}

/** As `readPerson`, without those that it has no answer for. Null: everybody. */
export async function readPeople(
  { database }: Pick<Web, 'database'>,
  ids: readonly string[] | null
): Promise<Person[]> {
  const which = ids === null ? Prisma.sql`true` : Prisma.sql`u.id = ANY (${[...ids]})`;
  const rows = await database.$queryRaw<Row[]>`
    SELECT u.id, u.email, u.deactivated_at IS NULL AS active,
      CASE WHEN EXISTS (SELECT FROM app."user" other WHERE other.id <> u.id AND lower(other.name) = lower(u.name))
        THEN u.name || ' (' || u.email || ')' ELSE u.name END AS name,
      ARRAY(SELECT m.group_name FROM app.group_member m WHERE m.person_id = u.id ORDER BY m.group_name) AS groups,
      COALESCE((
        SELECT json_agg(DISTINCT jsonb_build_object('role', g.role, 'flow', g.flow)) FROM app.role_grant g
        WHERE g.person_id = u.id
          OR g.group_name IN (SELECT m.group_name FROM app.group_member m WHERE m.person_id = u.id)
      ), '[]') AS grants
    FROM app."user" u WHERE ${which}`;
  return rows
    .filter(({ active }) => active)
    .map(({ id, name, email, groups, grants }) => ({ id, name, email, groups, grants: knownGrants(grants) }));
}

/** A role that this release does not have allows nothing. */
export function knownGrants(stored: unknown): (Grant & { role: Role })[] {
  if (!Array.isArray(stored)) return [];
  return (stored as { role?: unknown; flow?: unknown }[]).flatMap(({ role, flow }) =>
    ROLE_NAMES.includes(role as Role) ? [{ role: role as Role, flow: typeof flow === 'string' ? flow : null }] : []
  );
}
