/** A draft as it is stored, who may do something with it, and its line in lists. */
import { z } from 'zod';
import type { DraftSummary } from '@/app/_contract/drafts';
import { draftNodes, type Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/permissions/permissions';
import type { Draft as StoredDraft, Prisma } from '@/prisma/client/client';
import { Refusal } from '../failure';
import { templateRef } from '../templates/made';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

export type { StoredDraft };
/** The database, or a transaction on it. */
export type Reader = Pick<Prisma.TransactionClient, 'draft' | 'draftGesture' | 'draftSnapshot' | 'draftRefusal'>;

/** Of titles and names in lists: a field of a draft may be as long as somebody typed it. */
const LISTED_CHARACTERS = 200;

/** Throws `draftNotFound`, or `notAllowed` unless the actor has the permission for the flow of the draft. */
export async function readStored(
  { database }: { database: Pick<Reader, 'draft'> },
  actor: Actor,
  id: string,
  operation: Operation
): Promise<StoredDraft> {
  const found = z.uuid().safeParse(id).success ? await database.draft.findUnique({ where: { id } }) : null;
  if (!found) throw new Refusal('draftNotFound', 'There is no such draft.');
  demand(actor, operation, found.flow);
  return found;
}

/** Throws `draftArchived`. */
export function demandOpen({ archivedAt, title }: StoredDraft): void {
  if (archivedAt) throw new Refusal('draftArchived', `The draft '${title}' is archived. Nothing was changed.`);
}

/** The columns that repeat fields of the draft. */
export function listed(draft: Draft): Pick<StoredDraft, 'title' | 'name' | 'steps'> {
  const text = (value: unknown) => (typeof value === 'string' ? [...value].slice(0, LISTED_CHARACTERS).join('') : '');
  return {
    title: text(draft.flow.title),
    name: text(draft.flow.name),
    steps: draftNodes({ steps: draft.steps, tray: [] }).length,
  };
}

/** The newest version of every flow, and the live revision of every version. */
export class NewestVersions extends Map<string, number> {
  readonly #live = new Map<string, string>();

  add(flow: string, version: number, liveRevision: string | null): void {
    this.set(flow, Math.max(version, this.get(flow) ?? 0));
    if (liveRevision !== null) this.#live.set(`${flow}/${version}`, liveRevision);
  }
  liveOf(flow: string, version: number): string | null {
    return this.#live.get(`${flow}/${version}`) ?? null;
  }
}

/** Null while the engine is away. */
export async function newestVersions({ catalogue }: Pick<Web, 'catalogue'>): Promise<NewestVersions | null> {
  const versions = await catalogue.list().catch(() => null);
  if (versions === null) return null;
  const newest = new NewestVersions();
  for (const { flow, version, revision, live } of versions) newest.add(flow, version, live ? revision : null);
  return newest;
}

export function summaryOf(stored: StoredDraft, newest: NewestVersions | null): DraftSummary {
  const { id, title, name, flow, base, baseRevision, number, baseNumber, steps, tags, template } = stored;
  return {
    id,
    title,
    name,
    flow,
    base,
    baseRevision,
    liveRevision: flow === null || base === null ? null : (newest?.liveOf(flow, base) ?? null),
    newest: flow === null ? null : (newest?.get(flow) ?? null),
    number,
    baseNumber,
    steps,
    tags,
    template: template === null ? null : templateRef(template),
    createdBy: { id: stored.createdById, name: stored.createdByName },
    createdMs: stored.createdAt.getTime(),
    changedBy: { id: stored.changedById, name: stored.changedByName },
    changedMs: stored.changedAt.getTime(),
    archivedMs: stored.archivedAt?.getTime() ?? null,
  };
}
