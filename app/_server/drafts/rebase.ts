/**
 * Makes the newest version the base of a draft that was made from an older one, or from an older revision of it, so
 * that it can be published. What
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

/** Throws `publishedMeanwhile` if there is a newer version, or revision, than the one that the person has seen. */
export async function rebaseDraft(
  web: Pick<Web, 'database' | 'log' | 'catalogue' | 'drafts' | 'invalidations'>,
  actor: Actor,
  id: string,
  { onto, revision, gesture, take }: RebaseDraft
): Promise<RebasedDraft> {
  const stored = await readStored(web, actor, id, 'drafts.edit');
  demandOpen(stored);
  const { flow, base } = stored;
  if (flow === null || base === null)
    throw new Refusal('versionNotFound', `'${stored.title}' was not made from a version.`);
  const [newest] = await versionsOf(web, flow);
  // A fix of its own base may be taken over although there is a newer version.
  if (newest!.version !== onto && onto !== base)
    throw new Refusal('publishedMeanwhile', `Version ${newest!.version} was published since. Nothing was changed.`);
  const { revision: live } = await versionIn(web, flow, String(onto));
  if (revision !== undefined && revision !== live)
    throw new Refusal('publishedMeanwhile', `Revision ${live} went live since. Nothing was changed.`);
  const isSame = base === onto && (stored.baseRevision === null || stored.baseRevision === live);
  if (base > onto || isSame) return { summary: summaryOf(stored, await newestVersions(web)), skipped: [] };
  const contentOf = async (version: number, of: string | null) => {
    const known = of ?? (await versionIn(web, flow, String(version))).revision;
    return draftOf((await web.catalogue.content(flow, version, known)).document);
  };
  const [before, after] = await Promise.all([contentOf(base, stored.baseRevision), contentOf(onto, live)]);
  const change = { operation: 'drafts.edit', target: id, details: { flow, base, onto, revision: live, take } };
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
        data: { base: onto, baseRevision: live, ...(isUntouched ? { baseNumber: open.state.number } : {}) },
      });
      return theirs.skipped.map(({ why }) => why);
    });
    web.invalidations.announce(['drafts']);
    const now = await readStored(web, actor, id, 'drafts.edit');
    return { summary: summaryOf(now, await newestVersions(web)), skipped: [...new Set(skipped)] };
  });
}
