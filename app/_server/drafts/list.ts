/** All drafts that the actor may see, those that changed last first; archived ones too. */
import type { DraftSummary } from '@/app/_contract/drafts';
import { flowsOf } from '@/engine/permissions/permissions';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { newestVersions, summaryOf } from './stored';

export async function listDrafts(web: Pick<Web, 'database' | 'catalogue'>, actor: Actor): Promise<DraftSummary[]> {
  demandAnywhere(actor, 'drafts.list');
  const flows = flowsOf(actor, 'drafts.list');
  const [stored, newest] = await Promise.all([
    web.database.draft.findMany({
      where: flows === null ? {} : { flow: { in: [...flows] } },
      orderBy: [{ changedAt: 'desc' }, { id: 'asc' }],
    }),
    newestVersions(web),
  ]);
  return stored.map((each) => summaryOf(each, newest));
}
