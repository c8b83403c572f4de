/**
 * Makes the open draft of a flow the same as one of its versions, by one gesture that can be taken back. A flow without
 * an open draft gets one, made of its newest version: publishing it then replaces what is newest, knowingly.
 */
import type { RestoredVersion, RestoreVersion } from '@/app/_contract/flows';
import { differenceOf } from '@/engine/flow/edit/difference';
import { draftOf } from '@/engine/flow/edit/draft';
import { audited } from '../audit';
import { createDraft } from '../drafts/create';
import { openDraftOf } from '../drafts/open-draft-of';
import { RESTORED } from '../drafts/restore';
import { newestVersions, summaryOf } from '../drafts/stored';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { versionIn } from './versions';

export async function restoreVersion(
  web: Pick<Web, 'database' | 'log' | 'catalogue' | 'drafts' | 'invalidations' | 'versions'>,
  actor: Actor,
  flow: string,
  version: string,
  { gesture, draft: id }: RestoreVersion
): Promise<RestoredVersion> {
  demand(actor, 'drafts.restore', flow);
  const found = await versionIn(web, flow, version);
  const { document } = await web.catalogue.content(flow, found.version, found.revision);
  const wanted = draftOf(document);
  const open = await openDraftOf(web.database, flow);
  const draft = open ?? (await createDraft(web, actor, { id, from: { kind: 'version', flow } }));
  const details = { flow, version: found.version };
  return audited(web, actor, { operation: 'drafts.restore', target: draft.id, details }, async () => {
    const { result, stored } = await web.drafts.change(actor, draft.id, 'drafts.restore', [gesture], (state) => {
      const operations = differenceOf(state.state.draft, wanted);
      // The draft is that version already.
      if (operations.length === 0) return null;
      return state.take({ id: gesture, tab: RESTORED, operations, reverts: null });
    });
    if (result?.status === 'refused') throw new Refusal('refused', `Nothing was restored. ${result.refusal.message}`);
    web.invalidations.announce(['drafts']);
    return { draft: summaryOf(stored, await newestVersions(web)), created: !open && draft.id === id };
  });
}
