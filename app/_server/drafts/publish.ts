/**
 * Publishes what a draft is at a number, as the next version of its flow. A draft that changed since the publisher looked at it is
 * refused, and so is one whose base is no longer the newest version: nobody's version is replaced unseen.
 */
import type { PublishDraft } from '@/app/_contract/drafts';
import type { PublishedVersion } from '@/app/_contract/flows';
import { documentOf } from '@/engine/flow/edit/document-of';
import { isRefusal, Refusal } from '../failure';
import { placesOf } from '../flows/problems';
import { publishFlow } from '../flows/publish';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, readStored, type StoredDraft } from './stored';

/** Throws `draftMoved`, `documentInvalid`, `publishedMeanwhile`, `flowNameTaken`. */
export async function publishDraft(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'catalogue' | 'invalidations' | 'drafts'>,
  actor: Actor,
  id: string,
  { number, note }: PublishDraft
): Promise<PublishedVersion> {
  const stored = await readStored(web, actor, id, 'flows.publish');
  demandOpen(stored);
  if (stored.number !== number)
    throw new Refusal(
      'draftMoved',
      `'${stored.title}' was changed by ${stored.changedByName} since you looked at it. Nothing was published.`
    );
  const { document, problems } = documentOf(await web.drafts.newest(stored));
  demand(actor, 'flows.publish', document.name);
  const faults = placesOf(problems);
  if (faults.length > 0) {
    const count = `${faults.length} ${faults.length === 1 ? 'problem' : 'problems'}`;
    throw new Refusal('documentInvalid', `'${stored.title}' cannot be published: ${count}.`, faults);
  }
  // A flow that gets another name is another flow, of which no version may exist yet.
  const isOwn = stored.flow === document.name;
  const request = { document, base: isOwn ? (stored.base ?? 0) : 0, note };
  const details = { draft: id, number, reason: note ?? '' };
  const published = await publishFlow(web, actor, request, details).catch((error: unknown) =>
    refusedFor(stored, document.name, isOwn, error)
  );
  await web.database.draft.update({
    where: { id },
    data: { flow: document.name, base: published.version.version, baseNumber: number },
  });
  web.invalidations.announce(['drafts']);
  return published;
}

function refusedFor({ title }: StoredDraft, name: string, isOwn: boolean, error: unknown): never {
  if (isOwn || !isRefusal(error) || error.code !== 'publishedMeanwhile') throw error;
  throw new Refusal('flowNameTaken', `There is already a flow named '${name}', so '${title}' cannot be published.`);
}
