/** The drafts that the actor may see, those that changed last first, page by page; with who has them open now. */
import type { DraftList, DraftPerson, DraftRow, DraftsQuery } from '@/app/_contract/drafts';
import { byName } from '@/engine/flow/values/name-order';
import { flowsOf } from '@/engine/permissions/permissions';
import type { Prisma } from '@/prisma/client/client';
import { Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { newestVersions, summaryOf, type StoredDraft } from './stored';

export async function listDrafts(
  web: Pick<Web, 'database' | 'catalogue' | 'presence'>,
  actor: Actor,
  { cursor, limit, search, tag, archived }: DraftsQuery
): Promise<DraftList> {
  demandAnywhere(actor, 'drafts.list');
  const flows = flowsOf(actor, 'drafts.list');
  const visible: Prisma.DraftWhereInput = flows === null ? {} : { flow: { in: [...flows] } };
  const wanted: Prisma.DraftWhereInput = {
    ...visible,
    archivedAt: archived ? { not: null } : null,
    ...(tag === undefined ? {} : { tags: { has: tag } }),
  };
  const contains = { contains: search, mode: 'insensitive' as const };
  const found: Prisma.DraftWhereInput = search === '' ? {} : { OR: [{ title: contains }, { name: contains }] };
  // Open drafts of published flows are on the first page, whatever their age.
  const paged: Prisma.DraftWhereInput = archived ? {} : { flow: null };
  const [page, ofFlows, tagged, newest] = await Promise.all([
    web.database.draft.findMany({
      where: { AND: [wanted, found, paged, afterCursor(cursor)] },
      orderBy: [{ changedAt: 'desc' }, { id: 'asc' }],
      take: limit + 1,
    }),
    cursor === undefined && !archived
      ? web.database.draft.findMany({
          where: { AND: [wanted, { flow: { not: null } }] },
          orderBy: { changedAt: 'desc' },
        })
      : [],
    web.database.draft.findMany({ where: { ...visible, tags: { isEmpty: false } }, select: { tags: true } }),
    newestVersions(web),
  ]);
  const shown = page.slice(0, limit);
  const last = shown.at(-1);
  const rowOf = (stored: StoredDraft): DraftRow => ({
    ...summaryOf(stored, newest),
    editing: peopleOf(web.presence.peopleIn(stored.id)),
  });
  return {
    drafts: [...ofFlows, ...shown].sort((a, b) => b.changedAt.getTime() - a.changedAt.getTime()).map(rowOf),
    next: page.length > limit && last ? cursorOf(last) : null,
    tags: [...new Set(tagged.flatMap(({ tags }) => tags))].sort(byName),
  };
}

const cursorOf = ({ changedAt, id }: StoredDraft) => `${changedAt.getTime()}.${id}`;

/** Throws `badRequest` for text that no list has answered. */
function afterCursor(cursor: string | undefined): Prisma.DraftWhereInput {
  if (cursor === undefined) return {};
  const [, ms, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (!ms || !id) throw new Refusal('badRequest', 'The cursor is none that a list of drafts has answered.');
  const changedAt = new Date(Number(ms));
  return { OR: [{ changedAt: { lt: changedAt } }, { changedAt, id: { gt: id } }] };
}

const peopleOf = (visitors: readonly { personId: string; name: string }[]): DraftPerson[] => [
  ...new Map(visitors.map(({ personId, name }) => [personId, { id: personId, name }])).values(),
];
