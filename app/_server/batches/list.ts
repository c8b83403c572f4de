/**
 * The batches that were begun here, the newest first. A page continues after the last row of the one before (by its time and
 * id), so that batches that begin in between cause neither repeats nor gaps.
 *
 * [BRC2] The list has the batches that [BRC1] lets this person read. One that the engine refused to begin, or has no more,
 *        is left out: a page may be shorter than the next page token says.
 */
import type { Batch, BatchList, BatchListQuery } from '@/app/_contract/batches';
import { flowsOf } from '@/engine/permissions/permissions';
import { isUuid } from '@/engine/plain-text';
import { Prisma } from '@/prisma/client/client';
import { isRefusal, Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import { readBatch, type BatchReader } from './get';

export async function listBatches(
  web: BatchReader,
  actor: Actor,
  { of, pageToken, pageSize }: BatchListQuery
): Promise<BatchList> {
  demandAnywhere(actor, 'batches.list');
  const flows = flowsOf(actor, 'batches.get');
  const readable =
    flows === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`(by_id = ${actor.id} OR (NOT is_of_everything AND flows <> '{}' AND flows <@ ${[...flows]}::text[]))`;
  const own = of === 'own' ? Prisma.sql`by_id = ${actor.id}` : Prisma.sql`TRUE`;
  const found = await web.database.$queryRaw<{ id: string }[]>`
    SELECT id FROM app.run_batch WHERE ${readable} AND ${own} AND ${after(pageToken)}
    ORDER BY at DESC, id DESC LIMIT ${pageSize + 1}`;
  const ids = found.slice(0, pageSize).map(({ id }) => id);
  const records = await web.database.runBatch.findMany({ where: { id: { in: ids } } });
  const ordered = ids.flatMap((id) => records.find((each) => each.id === id) ?? []);
  const batches = await Promise.all(ordered.map((each) => readBatch(web, actor, each.id, each).catch(leftOut)));
  const last = found.length > pageSize ? ordered.at(-1) : undefined;
  return {
    batches: batches.filter((batch): batch is Batch => batch !== null),
    nextPageToken: last ? Buffer.from(`${last.at.getTime()}/${last.id}`).toString('base64url') : null,
  };
}

/** [BRC2] */
function leftOut(error: unknown): null {
  if (isRefusal(error) && error.code === 'nothingHere') return null;
  throw error;
}

function after(token: string | undefined): Prisma.Sql {
  if (token === undefined) return Prisma.sql`TRUE`;
  const [ms = '', id = ''] = Buffer.from(token, 'base64url').toString().split('/');
  if (!/^\d{1,15}$/.test(ms) || !isUuid(id))
    throw new Refusal('badRequest', 'The token for the next page of the list is damaged.');
  return Prisma.sql`(at, id) < (${new Date(Number(ms))}::timestamptz, ${id}::uuid)`;
}
