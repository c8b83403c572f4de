/** Candidates of approvals that do not exist: nobody could decide unless they are created later. */
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument } from '@/engine/flow/document';
import { allNodes } from '@/engine/flow/tree';
import type { Web } from '../web';

/** A warning for each approval that names a group or person who does not exist. Empty while the database is away. */
export async function missingCandidates(
  { database, log }: Pick<Web, 'database' | 'log'>,
  document: FlowDocument
): Promise<Diagnostic[]> {
  const approvals = allNodes(document.steps).flatMap((node) => (node.kind === 'approval' ? [node] : []));
  const named = [...new Set(approvals.flatMap(({ candidates }) => candidates))];
  if (named.length === 0) return [];
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
    return approvals.flatMap(({ id, candidates }) => {
      const missing = candidates.filter((name) => !known.has(name) && !known.has(name.toLowerCase()));
      if (missing.length === 0) return [];
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
