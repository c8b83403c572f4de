/** Begins the check of a revision against the open runs of its version: a draft as a fix, or an earlier revision. */
import type { GateAnswer, StartGate } from '@/app/_contract/gates';
import { audited } from '../audit';
import { readAsSeen } from '../drafts/as-seen';
import type { StoredDraft } from '../drafts/stored';
import { Refusal } from '../failure';
import { placesOf } from '../flows/problems';
import { demand, type Actor } from '../people/actor';
import { versionIn } from '../flows/versions';
import type { Web } from '../web';

/** Throws `draftMoved`, `documentInvalid`, `versionNotFound`, `publishedMeanwhile`. */
export async function startGate(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'drafts' | 'catalogue'>,
  actor: Actor,
  flow: string,
  { version, draft, revision }: StartGate
): Promise<GateAnswer> {
  demand(actor, 'flows.checkRevision', flow);
  const seen = draft ? await readAsSeen(web, actor, draft, 'checked') : null;
  if (seen) await demandLiveBase(web, flow, version, seen.stored);
  const document = seen?.document;
  if (document === undefined && !revision)
    throw new Refusal('inputInvalid', 'Neither a draft nor a revision is named.', [
      { at: '/revision', message: 'Name a draft or a revision.' },
    ]);
  const what: Record<string, string> =
    document === undefined ? { revision: revision ?? '' } : { draft: draft?.id ?? '' };
  return audited(
    web,
    actor,
    { operation: 'flows.checkRevision', target: flow, details: { version, ...what } },
    async () => {
      const wish = document === undefined ? { revision } : { document };
      const { report, diagnostics } = await web.versions.startGate({ flow, version, ...wish, startedBy: actor.name });
      if (report) return { report };
      const problems = placesOf(diagnostics);
      const [only] = problems;
      const message =
        problems.length === 1 && only ? only.message : `The revision cannot be checked: ${problems.length} problems.`;
      throw new Refusal('documentInvalid', message, problems);
    }
  );
}

/** A fix that was made from another revision would take back what is live now, unseen. */
async function demandLiveBase(
  web: Pick<Web, 'catalogue'>,
  flow: string,
  version: number,
  { title, base, baseRevision }: StoredDraft
): Promise<void> {
  if (base !== version || baseRevision === null) return;
  web.catalogue.changed();
  const { revision } = await versionIn(web, flow, String(version));
  if (revision === baseRevision) return;
  const message = `Revision ${revision} is live; '${title}' was made from ${baseRevision}. Nothing was checked.`;
  throw new Refusal('publishedMeanwhile', message);
}
