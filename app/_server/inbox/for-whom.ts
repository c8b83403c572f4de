/**
 * Whom a task is for, as conditions of a query over `app.human_task t`. They say the same as `whyNotDecide` (may-decide.ts) and
 * `rightTo` (delegate.ts), for lists and counts that must not read every task.
 *
 * [FWH1] The conditions and these functions agree for every person and every task.
 */
import type { Person } from '@/app/_contract/people';
import { flowsOf, type Operation } from '@/engine/permissions/permissions';
import { Prisma } from '@/prisma/client/client';
import type { StandIn } from './delegate';

const { sql } = Prisma;

/** Tasks of the flows for which the person has this permission. */
export function inFlows(person: Person, operation: Operation): Prisma.Sql {
  const flows = flowsOf(person, operation);
  return flows === null ? sql`true` : sql`t.flow = ANY (${[...flows]}::text[])`;
}

/** The person may decide the task. */
export const mayDecideSql = (person: Person): Prisma.Sql => sql`(
  ${inFlows(person, 'inbox.decide')}
  AND (${asksByName(person)} OR ${asksGroupOf(person)})
  AND (${hasNotVoted(person)} OR (t.again_by_name AND t.how_many::text = '"inSequence"' AND ${asksByName(person)}))
  AND NOT ${isExcludedSql(person)}
  AND NOT (t.forbid_starter AND t.starter_id IS NOT DISTINCT FROM ${person.id}))`;

/** The person may decide the task only for somebody else. */
export function delegatedSql(person: Person, standIns: readonly StandIn[]): Prisma.Sql {
  const someone = standIns.map(({ person: away, flows }) =>
    flows === null ? mayDecideSql(away) : sql`(t.flow = ANY (${[...flows]}::text[]) AND ${mayDecideSql(away)})`
  );
  if (someone.length === 0) return sql`false`;
  return sql`(
    ${inFlows(person, 'inbox.decide')} AND NOT ${mayDecideSql(person)} AND ${hasNotVoted(person)}
    AND NOT (t.forbid_starter AND t.starter_id IS NOT DISTINCT FROM ${person.id})
    AND NOT ${isExcludedSql(person)}
    AND (${Prisma.join(someone, ' OR ')}))`;
}

/** The person may decide the task, in their own name or for somebody else. */
export const mayActSql = (person: Person, standIns: readonly StandIn[]): Prisma.Sql =>
  sql`(${mayDecideSql(person)} OR ${delegatedSql(person, standIns)})`;

/** By the id or the e-mail address of the person. */
export const asksByName = ({ id, email }: Person): Prisma.Sql =>
  sql`EXISTS (SELECT FROM unnest(${ASKED}) AS c WHERE c = ${id} OR lower(c) = ${email.toLowerCase()})`;

/** A group of the person, or anybody. */
export const asksGroupOf = ({ groups }: Person): Prisma.Sql =>
  sql`((cardinality(${ASKED}) = 0 AND NOT t.from_data) OR ${ASKED} && ${groups}::text[])`;

const isExcludedSql = ({ id, email, groups }: Person): Prisma.Sql =>
  sql`(t.excluded && ${[id, email.toLowerCase(), ...groups]}::text[])`;

/** Where several people decide, not all of them are asked at once. */
const ASKED = sql`(CASE WHEN t.how_many IS NULL THEN t.candidates ELSE t.asked END)`;
const hasNotVoted = ({ id }: Person): Prisma.Sql =>
  sql`NOT EXISTS (SELECT FROM json_array_elements(coalesce(t.votes, '[]'::json)) AS v WHERE ${id} IN (v ->> 'byId', v ->> 'forId'))`;
