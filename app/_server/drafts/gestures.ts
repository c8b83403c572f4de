/** Takes gestures into the order of a draft, and reads what happened since a number. */
import { setImmediate } from 'node:timers/promises';
import type { DraftChanges, GestureAnswer, GesturesAnswer, SendGestures } from '@/app/_contract/drafts';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { withRenames } from '@/engine/flow/edit/renames';
import { changesSince, renamesSince } from './states';
import { demandOpen, readStored, type StoredDraft } from './stored';
import { auditedStretch } from './stretch';

/** Lists show who changed a draft and when; they are read again at most this often while somebody types. */
const LISTED_EVERY_MS = 30_000;

export async function readChanges(
  web: Pick<Web, 'database' | 'drafts'>,
  actor: Actor,
  id: string,
  since: number
): Promise<DraftChanges> {
  const stored = await readStored(web, actor, id, 'drafts.get');
  return changesSince(web.database, stored, since, () => web.drafts.newest(stored));
}

/**
 * Each gesture is applied as a whole or refused; the answers say which. Sent again, also by another tab at the same
 * time, a gesture has the same answer and is not applied again. What it says about a step that others have given
 * another id since its base, it says about that step.
 */
export async function sendGestures(
  web: Pick<Web, 'database' | 'log' | 'drafts' | 'invalidations'>,
  actor: Actor,
  id: string,
  { gestures, since }: SendGestures
): Promise<GesturesAnswer> {
  demandOpen(await readStored(web, actor, id, 'drafts.edit'));
  const ids = gestures.map((gesture) => gesture.id);
  const { result, before, stored, draft } = await auditedStretch(web, actor, id, () =>
    web.drafts.change(actor, id, 'drafts.edit', ids, async (open, tx) => {
      const answers: GestureAnswer[] = [];
      const base = Math.min(...gestures.map((gesture) => gesture.base));
      const renames = base < open.state.number ? await renamesSince(tx, id, base) : [];
      for (const gesture of gestures) {
        const byOthers = renames.filter(({ number, tab }) => number > gesture.base && tab !== gesture.tab);
        answers.push(open.take({ ...gesture, operations: [...withRenames(gesture.operations, byOthers)] }));
        // A large gesture takes a while: other requests are served before the next one.
        await setImmediate();
      }
      return answers;
    })
  );
  if (isNewInLists(before, stored)) web.invalidations.announce(['drafts']);
  const changes = await changesSince(web.database, stored, since, () => Promise.resolve(draft));
  return { answers: result, changes };
}

function isNewInLists(before: StoredDraft, now: StoredDraft): boolean {
  if (now.number === before.number) return false;
  const isOther = (['title', 'name', 'steps', 'changedById'] as const).some((field) => now[field] !== before[field]);
  const isFirst = before.number === before.baseNumber;
  return isOther || isFirst || now.changedAt.getTime() - before.changedAt.getTime() > LISTED_EVERY_MS;
}
