/** Replaces the tags of a draft, by which the list of flows is filtered. */
import type { DraftSummary, TagDraft } from '@/app/_contract/drafts';
import { audited } from '../audit';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { newestVersions, readStored, summaryOf } from './stored';

export async function tagDraft(
  web: Pick<Web, 'database' | 'log' | 'catalogue' | 'invalidations'>,
  actor: Actor,
  id: string,
  { tags }: TagDraft
): Promise<DraftSummary> {
  await readStored(web, actor, id, 'drafts.tag');
  const unique = [...new Set(tags)];
  const change = { operation: 'drafts.tag', target: id, details: { tags: unique.join(', ') } };
  return audited(web, actor, change, async () => {
    const stored = await web.database.draft.update({ where: { id }, data: { tags: unique } });
    web.invalidations.announce(['drafts']);
    return summaryOf(stored, await newestVersions(web));
  });
}
