/**
 * The audit rows of editing: one row for each person, draft and half hour, not one for each keystroke. What was changed
 * is in the log of the draft itself, with who and when.
 */
import { audited } from '../audit';
import type { Actor } from '../people/actor';
import type { Web } from '../web';

const STRETCH_MS = 30 * 60_000;

export async function auditedStretch<T>(
  web: Pick<Web, 'database' | 'log'>,
  actor: Actor,
  draftId: string,
  work: () => Promise<T>
): Promise<T> {
  const change = { operation: 'drafts.edit', target: draftId };
  const at = { gte: new Date(Date.now() - STRETCH_MS) };
  const row = await web.database.auditEntry.findFirst({
    where: { ...change, actorId: actor.id, via: actor.via, fromAddress: actor.from, outcome: 'done', at },
    select: { id: true },
  });
  return row ? work() : audited(web, actor, change, work);
}
