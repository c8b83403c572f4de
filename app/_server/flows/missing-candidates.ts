/**
 * Candidates of approvals that do not exist, or are too few people: nobody could decide unless that is changed later.
 *
 * [MCD1] What is said is so now. People and groups change, so it is never an error; while an approval waits, its task says the
 *        same (inbox/enough-people.ts).
 */
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument } from '@/engine/flow/document';
import { allNodes } from '@/engine/flow/tree';
import type { ApprovalNode } from '@/engine/flow/nodes/approval';
import type { Person } from '@/app/_contract/people';
import { lackOf } from '../inbox/enough-people';
import { readPeople } from '../people/person';
import type { Prisma } from '@/prisma/client/client';
import type { Web } from '../web';

/** A warning for each approval that names a group or person who does not exist. Empty while the database is away. */
export async function missingCandidates(
  { database, log }: Pick<Web, 'database' | 'log'>,
  document: FlowDocument
): Promise<Diagnostic[]> {
  const approvals = allNodes(document.steps).flatMap((node) => (node.kind === 'approval' ? [node] : []));
  const named = [...new Set(approvals.flatMap(({ candidates }) => candidates))];
  if (named.length === 0 && approvals.every(({ howMany }) => howMany === undefined)) return [];
  try {
    const [groups, people] = await Promise.all([
      database.personGroup.findMany({ where: { name: { in: named } }, select: { name: true } }),
      database.user.findMany({
        where: {
          deactivatedAt: null,
          OR: [{ id: { in: named } }, { email: { in: named.map((name) => name.toLowerCase()) } }],
        },
        select: { id: true, email: true },
      }),
    ]);
    const known = new Set([
      ...groups.map(({ name }) => name),
      ...people.flatMap(({ id, email }) => [id, email.toLowerCase()]),
    ]);
    const everybody = approvals.some(({ howMany }) => howMany !== undefined)
      ? await readPeople({ database }, null)
      : [];
    return approvals.flatMap((approval): Diagnostic[] => {
      const { id, candidates } = approval;
      const missing = candidates.filter((name) => !known.has(name) && !known.has(name.toLowerCase()));
      if (missing.length === 0) return tooFew(everybody, document.name, approval);
      const are = missing.length === 1 ? 'is neither a group nor a person' : 'are neither groups nor people';
      return [
        {
          code: 'lint/unknown-candidate',
          severity: 'warning',
          nodeId: id,
          path: ['candidates'],
          message: `${missing.join(', ')} ${are} here, so nobody of that name can decide.`,
          fix: 'Create the group or invite the person in Settings, or publish with other candidates.',
        },
      ];
    });
  } catch (error) {
    log.debug({ err: error }, 'candidates could not be looked up');
    return [];
  }
}

/** [MCD1] */
function tooFew(people: readonly Person[], flow: string, approval: ApprovalNode): Diagnostic[] {
  const { id, candidates, candidatesFrom, howMany, decisions } = approval;
  if (howMany === undefined || candidatesFrom !== undefined) return [];
  const lack = lackOf(people, {
    flow,
    candidates,
    howMany,
    decisions: (decisions ?? null) as Prisma.JsonValue,
    fromData: false,
    excluded: [],
    forbidStarter: false,
    starterId: null,
    againByName: true,
    votes: null,
  });
  if (!lack) return [];
  const message =
    typeof howMany === 'number'
      ? `${howMany} people must agree, and only ${howMany - lack.missing} may decide this now.`
      : `Each of them decides, and nobody may decide for ‘${lack.candidate ?? ''}’ now: each person votes once.`;
  const fix = 'Ask fewer people, name others, or change who is in the groups or may decide.';
  return [{ code: 'lint/too-few-people', severity: 'warning', nodeId: id, path: ['howMany'], message, fix }];
}
