/** Makes a draft again what it was at a number, by one gesture: it can be taken back as any other. */
import type { GestureAnswer, RestoreDraft } from '@/app/_contract/drafts';
import { differenceOf } from '@/engine/flow/edit/difference';
import { audited } from '../audit';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { draftAt } from './get';
import { demandOpen, readStored } from './stored';

/** The tab of gestures that no tab made. */
export const RESTORED = 'restored';

/** Throws `draftStateGone`. */
export async function restoreDraft(
  web: Pick<Web, 'database' | 'log' | 'drafts' | 'invalidations'>,
  actor: Actor,
  id: string,
  { number, gesture }: RestoreDraft
): Promise<GestureAnswer> {
  demandOpen(await readStored(web, actor, id, 'drafts.restore'));
  const change = { operation: 'drafts.restore', target: id, details: { number } };
  return audited(web, actor, change, async () => {
    const { result } = await web.drafts.change(actor, id, 'drafts.restore', [gesture], async (open, tx) => {
      const then = await draftAt(tx, open.stored, number);
      const operations = differenceOf(open.state.draft, then);
      return open.take({ id: gesture, tab: RESTORED, operations, reverts: null });
    });
    web.invalidations.announce(['drafts']);
    return result;
  });
}
