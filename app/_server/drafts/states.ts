/** The states of a draft as the database has them: a snapshot, and the gestures since. */
import type { DraftChanges, LoggedGesture } from '@/app/_contract/drafts';
import { FLOW_FORMAT } from '@/engine/flow/document';
import { applyGesture } from '@/engine/flow/edit/apply';
import type { Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { renamesIn, type Renaming } from '@/engine/flow/edit/renames';
import type { DraftGesture, Prisma } from '@/prisma/client/client';
import type { Reader, StoredDraft } from './stored';

/** A browser that misses more than this gets the draft instead. */
const MOST_CHANGES_BYTES = 2 * 1024 * 1024;

/** Reads one snapshot and its tail. Null: the draft has no such number, or its gestures were folded. */
export async function stateAt(reader: Reader, draftId: string, number: number): Promise<Draft | null> {
  const snapshot = await reader.draftSnapshot.findFirst({
    where: { draftId, number: { lte: number } },
    orderBy: { number: 'desc' },
  });
  if (!snapshot) return null;
  const tail = await reader.draftGesture.findMany({
    where: { draftId, number: { gt: snapshot.number, lte: number } },
    orderBy: { number: 'asc' },
    select: { number: true, operations: true },
  });
  if (snapshot.number + tail.length !== number || tail.some(({ operations }) => operations === null)) return null;
  return tail.reduce(
    (draft, gesture) => replayed(draft, gesture.operations, gesture.number),
    draftIn(snapshot.content)
  );
}

/** The columns of a snapshot. */
export const contentOf = (draft: Draft) => ({ content: asJson(draft), format: FLOW_FORMAT });
export const draftIn = (content: Prisma.JsonValue) => content as unknown as Draft;
export const operationsIn = (json: Prisma.JsonValue) => json as unknown as Operation[];
/** What is stored has been JSON already. */
export const asJson = (value: unknown) => value as Prisma.InputJsonValue;

/** A gesture that was applied once applies again: another result means that the log or the code is broken. */
export function replayed(draft: Draft, operations: Prisma.JsonValue, number: number): Draft {
  const outcome = applyGesture(draft, { operations: operationsIn(operations) });
  if (outcome.refusal) throw new Error(`Gesture ${number} of a draft does not apply again: ${outcome.refusal.message}`);
  return outcome.draft;
}

export function logged(gesture: DraftGesture): LoggedGesture {
  const { number, id, tab, byId, byName, at, operations, reverts } = gesture;
  return {
    number,
    id,
    tab,
    by: { id: byId, name: byName },
    atMs: at.getTime(),
    operations: operationsIn(operations),
    reverts,
  };
}

/**
 * The gestures since a number; the draft if they are not kept one by one, are too many, or if the number is unknown.
 */
export async function changesSince(
  reader: Reader & Pick<Prisma.TransactionClient, '$queryRaw'>,
  { id, number, folded }: Pick<StoredDraft, 'id' | 'number' | 'folded'>,
  since: number,
  current: () => Promise<Draft>
): Promise<DraftChanges> {
  if (since >= folded && since <= number) {
    const [size] = await reader.$queryRaw<{ bytes: bigint }[]>`
      SELECT coalesce(sum(octet_length(operations::text)), 0) AS bytes FROM app.draft_gesture
      WHERE draft_id = ${id}::uuid AND number > ${since} AND number <= ${number}`;
    if (Number(size?.bytes ?? 0) <= MOST_CHANGES_BYTES) {
      const where = { draftId: id, number: { gt: since, lte: number } };
      const gestures = await reader.draftGesture.findMany({ where, orderBy: { number: 'asc' } });
      // They may have been folded since the row was read.
      if (gestures.every(({ operations }) => operations !== null))
        return { number, gestures: gestures.map(logged), draft: null };
    }
  }
  return { number, gestures: null, draft: await current() };
}

/** A step was given another id by a gesture. */
export interface LoggedRenaming extends Renaming {
  /** Of the draft after the gesture. */
  number: number;
  tab: string;
  byId: string;
}

/** The steps that were given another id since a number, as far as gestures are kept one by one. */
export async function renamesSince(
  reader: Pick<Prisma.TransactionClient, '$queryRaw'>,
  draftId: string,
  since: number
): Promise<LoggedRenaming[]> {
  const rows = await reader.$queryRaw<{ number: number; tab: string; byId: string; operations: Prisma.JsonValue }[]>`
    SELECT number, tab, by_id AS "byId", operations FROM app.draft_gesture
    WHERE draft_id = ${draftId}::uuid AND number > ${since} AND operations::text LIKE '%"rename"%'
    ORDER BY number`;
  return rows.flatMap(({ number, tab, byId, operations }) =>
    renamesIn(operationsIn(operations)).map((each) => ({ ...each, number, tab, byId }))
  );
}
