/**
 * The gestures of a stretch of a draft's history, with the draft before them: so a browser says in words what was done.
 */
import type { DraftStretch } from '@/app/_contract/drafts';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { draftAt } from './get';
import { logged } from './states';
import { readStored } from './stored';

const MOST_GESTURES = 200;

/** Throws `draftStateGone` for gestures that are no longer kept one by one. */
export async function draftStretch(
  { database }: Pick<Web, 'database'>,
  actor: Actor,
  id: string,
  { since, until }: { since: number; until: number }
): Promise<DraftStretch> {
  const stored = await readStored({ database }, actor, id, 'drafts.get');
  const from = Math.max(since, until - MOST_GESTURES);
  if (from < stored.folded || until > stored.number)
    throw new Refusal('draftStateGone', 'What was done then is no longer kept step by step, only its result.');
  const [before, gestures] = await Promise.all([
    draftAt(database, stored, from),
    database.draftGesture.findMany({
      where: { draftId: id, number: { gt: from, lte: until } },
      orderBy: { number: 'asc' },
    }),
  ]);
  return { before, gestures: gestures.filter(({ operations }) => operations !== null).map(logged) };
}
