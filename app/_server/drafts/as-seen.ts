/** The document of a draft as somebody saw it who now publishes it or checks it as a revision. */
import type { FlowDocument } from '@/engine/flow/document';
import { documentOf } from '@/engine/flow/edit/document-of';
import { Refusal } from '../failure';
import { placesOf } from '../flows/problems';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, readStored, type StoredDraft } from './stored';

/**
 * `number`: of the draft that the person saw. `done`: what would be done with it, for the refusals.
 * Throws `draftNotFound`, `draftArchived`, `draftMoved`, `documentInvalid`, `notAllowed`.
 */
export async function readAsSeen(
  web: Pick<Web, 'database' | 'drafts'>,
  actor: Actor,
  { id, number }: { id: string; number: number },
  done: 'published' | 'checked'
): Promise<{ stored: StoredDraft; document: FlowDocument }> {
  const stored = await readStored(web, actor, id, 'flows.publish');
  demandOpen(stored);
  if (stored.number !== number)
    throw new Refusal(
      'draftMoved',
      `'${stored.title}' was changed by ${stored.changedByName} since you looked at it. Nothing was ${done}.`
    );
  const { document, problems } = documentOf(await web.drafts.newest(stored));
  // The draft may have been given the name of another flow.
  demand(actor, 'flows.publish', document.name);
  const faults = placesOf(problems);
  if (faults.length > 0) {
    const count = `${faults.length} ${faults.length === 1 ? 'problem' : 'problems'}`;
    throw new Refusal('documentInvalid', `'${stored.title}' cannot be ${done}: ${count}.`, faults);
  }
  return { stored, document };
}
