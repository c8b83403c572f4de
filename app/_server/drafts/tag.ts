/** Adds and removes tags of a draft, by which the list of flows is filtered. Those that are not named remain. */
import { TAGS_MOST, type DraftSummary, type TagDraft } from '@/app/_contract/drafts';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
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
      const tags = [...new Set([...before.tags, ...add])].filter((tag) => !remove.includes(tag));
      if (tags.length > TAGS_MOST)
        throw new Refusal('inputInvalid', `A draft has at most ${TAGS_MOST} tags. It would have ${tags.length}.`);
      return tx.draft.update({ where: { id }, data: { tags } });
    });
    web.invalidations.announce(['drafts']);
    return summaryOf(stored, await newestVersions(web));
  });
}
