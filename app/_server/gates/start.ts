/** Begins the check of a revision against the open runs of its version: a draft as a fix, or an earlier revision. */
import type { GateAnswer, StartGate } from '@/app/_contract/gates';
import { audited } from '../audit';
import { readAsSeen } from '../drafts/as-seen';
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
  const document = draft ? (await readAsSeen(web, actor, draft, 'checked')).document : undefined;
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
