/** One draft, as it is now or as it was at a number. */
import type { DraftDetail, OwnGesture } from '@/app/_contract/drafts';
import type { Draft } from '@/engine/flow/edit/draft';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { inverseWithRenames } from '@/engine/flow/edit/renames';
import { logged, operationsIn, renamesSince, stateAt } from './states';
import { newestVersions, readStored, summaryOf, type Reader, type StoredDraft } from './stored';

const OWN_MOST = 200;
const OWN_MOST_BYTES = 2 * 1024 * 1024;

export async function getDraft(
  web: Pick<Web, 'database' | 'catalogue' | 'drafts'>,
  actor: Actor,
  id: string,
  number?: number
): Promise<DraftDetail> {
  const stored = await readStored(web, actor, id, 'drafts.get');
  const [newest, own, draft] = await Promise.all([
    newestVersions(web),
    number === undefined ? ownGestures(web, stored, actor) : [],
    number === undefined ? web.drafts.newest(stored) : draftAt(web.database, stored, number),
  ]);
  return { summary: summaryOf(stored, newest), draft, idsFollowTitles: stored.flow === null, own };
}

/** Throws `draftStateGone`. */
export async function draftAt(reader: Reader, { id, title }: StoredDraft, number: number): Promise<Draft> {
  const draft = await stateAt(reader, id, number);
  if (draft) return draft;
  throw new Refusal('draftStateGone', `'${title}' was never at change ${number}, or that state is no longer kept.`);
}

async function ownGestures(
  { database }: Pick<Web, 'database'>,
  { id: draftId, folded, number }: StoredDraft,
  actor: Actor
): Promise<OwnGesture[]> {
  const sizes = await database.$queryRaw<{ number: number; bytes: number }[]>`
    SELECT number, octet_length(operations::text) + octet_length(inverse::text) AS bytes FROM app.draft_gesture
    WHERE draft_id = ${draftId}::uuid AND by_id = ${actor.id} AND number > ${folded} AND number <= ${number}
    ORDER BY number DESC LIMIT ${OWN_MOST}`;
  let bytes = 0;
  const fitting = sizes.filter((each) => (bytes += each.bytes) <= OWN_MOST_BYTES).map((each) => each.number);
  const rows = await database.draftGesture.findMany({
    where: { draftId, number: { in: fitting } },
    orderBy: { number: 'asc' },
  });
  const renames = rows[0] ? await renamesSince(database, draftId, rows[0].number) : [];
  return rows
    .filter(({ inverse }) => inverse !== null)
    .map((row) => {
      const byOthers = renames.filter((each) => each.number > row.number && each.byId !== actor.id);
      return { ...logged(row), inverse: [...inverseWithRenames(operationsIn(row.inverse), byOthers)] };
    });
}
