/**
 * Whom a task is for, as conditions of a query over `app.human_task t`. They say the same as `whyNotDecide` (view.ts), for
 * lists and counts that must not read every task.
 *
 * [FWH1] A condition and `whyNotDecide` agree for every person and every task.
 */
import type { Person } from '@/app/_contract/people';
import { flowsOf, type Operation } from '@/engine/permissions/permissions';
import { Prisma } from '@/prisma/client/client';

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
  AND NOT (t.forbid_starter AND t.starter_id IS NOT DISTINCT FROM ${person.id}))`;

/** By the id or the e-mail address of the person. */
export const asksByName = ({ id, email }: Person): Prisma.Sql =>
  sql`EXISTS (SELECT FROM unnest(t.candidates) AS c WHERE c = ${id} OR lower(c) = ${email.toLowerCase()})`;

/** A group of the person, or anybody. */
export const asksGroupOf = ({ groups }: Person): Prisma.Sql =>
  sql`(cardinality(t.candidates) = 0 OR t.candidates && ${groups}::text[])`;
