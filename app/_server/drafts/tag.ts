/** Adds and removes tags of a draft, by which the list of flows is filtered. Those that are not named remain. */
import { distinctTags, TAGS_MOST, type DraftSummary, type TagDraft } from '@/app/_contract/drafts';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Prisma } from '@/prisma/client/client';
import type { Web } from '../web';
import { newestVersions, readStored, summaryOf } from './stored';

export async function tagDraft(
  web: Pick<Web, 'database' | 'log' | 'catalogue' | 'invalidations'>,
  actor: Actor,
  id: string,
  { add, remove }: TagDraft
): Promise<DraftSummary> {
  await readStored(web, actor, id, 'drafts.tag');
  const change = {
    operation: 'drafts.tag',
    target: id,
    details: { added: add.join(', '), removed: remove.join(', ') },
  };
  return audited(web, actor, change, async () => {
    const stored = await web.database.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM app.draft WHERE id = ${id}::uuid FOR UPDATE`;
      const before = await readStored({ database: tx }, actor, id, 'drafts.tag');
      const kept = before.tags.filter((tag) => !remove.includes(tag));
      const tags = distinctTags([...kept, ...(await asWritten(tx, id, add))]);
      if (tags.length > TAGS_MOST)
        throw new Refusal('inputInvalid', `A draft has at most ${TAGS_MOST} tags. It would have ${tags.length}.`);
      return tx.draft.update({ where: { id }, data: { tags } });
    });
    web.invalidations.announce(['drafts']);
    return summaryOf(stored, await newestVersions(web));
  });
}

/** As other drafts have them already, so that the list is not filtered by 'VIP' and by 'vip'. */
async function asWritten(tx: Prisma.TransactionClient, id: string, tags: readonly string[]): Promise<string[]> {
  if (tags.length === 0) return [];
  const lower = tags.map((tag) => tag.toLowerCase());
  const rows = await tx.$queryRaw<{ tag: string }[]>`
    SELECT tag FROM (SELECT unnest(tags) AS tag FROM app.draft WHERE id <> ${id}::uuid) AS every
    WHERE lower(tag) = ANY(${lower}) GROUP BY tag ORDER BY count(*), tag DESC`;
  const known = new Map(rows.map(({ tag }) => [tag.toLowerCase(), tag]));
  return tags.map((tag) => known.get(tag.toLowerCase()) ?? tag);
}
