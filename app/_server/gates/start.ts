/** Begins the check of a revision against the open runs of its version: a draft as a fix, or an earlier revision. */
import type { GateAnswer, StartGate } from '@/app/_contract/gates';
import { documentOf } from '@/engine/flow/edit/document-of';
import { audited } from '../audit';
import { demandOpen, readStored } from '../drafts/stored';
import { Refusal } from '../failure';
import { placesOf } from '../flows/problems';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

/** Throws `draftMoved`, `documentInvalid`, `versionNotFound`. */
export async function startGate(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'drafts'>,
  actor: Actor,
  flow: string,
  { version, draft, revision }: StartGate
): Promise<GateAnswer> {
  demand(actor, 'flows.checkRevision', flow);
  const document = draft ? await documentAt(web, actor, draft) : undefined;
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

async function documentAt(
  web: Pick<Web, 'database' | 'drafts'>,
  actor: Actor,
  { id, number }: { id: string; number: number }
): Promise<unknown> {
  const stored = await readStored(web, actor, id, 'flows.publish');
  demandOpen(stored);
  if (stored.number !== number)
    throw new Refusal(
      'draftMoved',
      `'${stored.title}' was changed by ${stored.changedByName} since you looked at it. Nothing was checked.`
    );
  const { document, problems } = documentOf(await web.drafts.newest(stored));
  const faults = placesOf(problems);
  if (faults.length > 0)
    throw new Refusal(
      'documentInvalid',
      `'${stored.title}' has ${faults.length} problems. Nothing was checked.`,
      faults
    );
  return document;
}
