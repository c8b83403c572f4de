/**
 * Makes the newest version the base of a draft that was made from an older one, so that it can be published. What
 * others changed since is taken over, or is knowingly replaced. Where the draft has something else than its base had,
 * its own content remains, and is named.
 */
import type { RebaseDraft, RebasedDraft } from '@/app/_contract/drafts';
import { differenceOf } from '@/engine/flow/edit/difference';
import { draftOf } from '@/engine/flow/edit/draft';
import { revertOf } from '@/engine/flow/edit/revert';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { versionIn, versionsOf } from '../flows/versions';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, newestVersions, readStored, summaryOf } from './stored';

/** The tab of gestures that take over a version. */
const REBASED = 'rebased';

/** Throws `publishedMeanwhile` if there is a newer version than the one that the person has seen. */
export async function rebaseDraft(
  web: Pick<Web, 'database' | 'log' | 'catalogue' | 'drafts' | 'invalidations'>,
  actor: Actor,
  id: string,
  { onto, gesture, take }: RebaseDraft
): Promise<RebasedDraft> {
  const stored = await readStored(web, actor, id, 'drafts.edit');
  demandOpen(stored);
  const { flow, base } = stored;
  if (flow === null || base === null)
    throw new Refusal('versionNotFound', `'${stored.title}' was not made from a version.`);
  const [newest] = await versionsOf(web, flow);
  if (newest!.version !== onto)
    throw new Refusal('publishedMeanwhile', `Version ${newest!.version} was published since. Nothing was changed.`);
  if (base >= onto) return { summary: summaryOf(stored, await newestVersions(web)), skipped: [] };
  const contentOf = async (version: number) => {
    const { revision } = await versionIn(web, flow, String(version));
    return draftOf((await web.catalogue.content(flow, version, revision)).document);
  };
  const [before, after] = await Promise.all([contentOf(base), contentOf(onto)]);
  const change = { operation: 'drafts.edit', target: id, details: { flow, base, onto, take } };
  return audited(web, actor, change, async () => {
    const { result: skipped } = await web.drafts.change(actor, id, 'drafts.edit', [gesture], async (open, tx) => {
      // An operation applies where the draft still has what the base had.
      const theirs = take ? revertOf(open.state.draft, differenceOf(before, after)) : { operations: [], skipped: [] };
      if (theirs.operations.length > 0) {
        const answer = open.take({ id: gesture, tab: REBASED, operations: theirs.operations, reverts: null });
        if (answer.status === 'refused') throw new Refusal('refused', `Nothing was changed. ${answer.refusal.message}`);
      }
      const isUntouched = take && open.stored.number === open.stored.baseNumber && theirs.skipped.length === 0;
      await tx.draft.update({
        where: { id },
        data: { base: onto, ...(isUntouched ? { baseNumber: open.state.number } : {}) },
      });
      return theirs.skipped.map(({ why }) => why);
    });
    web.invalidations.announce(['drafts']);
    const now = await readStored(web, actor, id, 'drafts.edit');
    return { summary: summaryOf(now, await newestVersions(web)), skipped: [...new Set(skipped)] };
  });
}
