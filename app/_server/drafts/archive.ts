/** Archives a draft: it is kept with its history, and cannot be edited or published until it is restored. */
import type { DraftSummary } from '@/app/_contract/drafts';
import { audited } from '../audit';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { newestVersions, readStored, summaryOf } from './stored';

export async function archiveDraft(
  web: Pick<Web, 'database' | 'log' | 'catalogue' | 'invalidations'>,
  actor: Actor,
  id: string
): Promise<DraftSummary> {
  await readStored(web, actor, id, 'drafts.archive');
  return audited(web, actor, { operation: 'drafts.archive', target: id }, async () => {
    // A second request does not move the time of the first.
    await web.database.draft.updateMany({ where: { id, archivedAt: null }, data: { archivedAt: new Date() } });
    const stored = await readStored(web, actor, id, 'drafts.archive');
    web.invalidations.announce(['drafts']);
    return summaryOf(stored, await newestVersions(web));
  });
}
