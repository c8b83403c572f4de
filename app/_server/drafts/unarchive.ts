/**
 * Makes an archived draft open again. A flow has one open draft, so that two people never edit it apart from each
 * other.
 */
import type { DraftSummary } from '@/app/_contract/drafts';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { lockDraftOf, openDraftOf } from './open-draft-of';
import { newestVersions, readStored, summaryOf } from './stored';

/** Throws `draftOpen`. */
export async function unarchiveDraft(
  web: Pick<Web, 'database' | 'log' | 'catalogue' | 'invalidations'>,
  actor: Actor,
  id: string
): Promise<DraftSummary> {
  const { flow } = await readStored(web, actor, id, 'drafts.unarchive');
  return audited(web, actor, { operation: 'drafts.unarchive', target: id }, async () => {
    const stored = await web.database.$transaction(async (tx) => {
      if (flow !== null) {
        await lockDraftOf(tx, flow);
        const open = await openDraftOf(tx, flow);
        if (open && open.id !== id)
          throw new Refusal('draftOpen', `Another draft of '${flow}' is open: '${open.title}'. Nothing was changed.`);
      }
      return tx.draft.update({ where: { id }, data: { archivedAt: null } });
    });
    web.invalidations.announce(['drafts']);
    return summaryOf(stored, await newestVersions(web));
  });
}
