/**
 * Publishes what a draft is at a number, as the next version of its flow. A draft that changed since the publisher
 * looked at it is refused, and so is one whose base is no longer the newest version: nobody's version is replaced
 * unseen.
 */
import type { PublishDraft } from '@/app/_contract/drafts';
import type { PublishedVersion } from '@/app/_contract/flows';
import { isRefusal, Refusal } from '../failure';
import { publishFlow } from '../flows/publish';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { readAsSeen } from './as-seen';
import type { StoredDraft } from './stored';

/** Throws `draftMoved`, `documentInvalid`, `publishedMeanwhile`, `flowNameTaken`. */
export async function publishDraft(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'catalogue' | 'invalidations' | 'drafts'>,
  actor: Actor,
  id: string,
  { number, note }: PublishDraft
): Promise<PublishedVersion> {
  const { stored, document } = await readAsSeen(web, actor, { id, number }, 'published');
  // A flow that gets another name is another flow, of which no version may exist yet.
  const isOwn = stored.flow === document.name;
  const request = {
    document,
    base: isOwn ? (stored.base ?? 0) : 0,
    baseRevision: isOwn ? (stored.baseRevision ?? '') : '',
    note,
  };
  const details = { draft: id, number, reason: note ?? '' };
  const published = await publishFlow(web, actor, request, details).catch((error: unknown) =>
    refusedFor(stored, document.name, isOwn, error)
  );
  await web.database.draft.update({
    where: { id },
    data: {
      flow: document.name,
      base: published.version.version,
      baseRevision: published.version.revision,
      baseNumber: number,
    },
  });
  web.invalidations.announce(['drafts']);
  return published;
}

function refusedFor({ title }: StoredDraft, name: string, isOwn: boolean, error: unknown): never {
  if (isOwn || !isRefusal(error) || error.code !== 'publishedMeanwhile') throw error;
  throw new Refusal('flowNameTaken', `There is already a flow named '${name}', so '${title}' cannot be published.`);
}
