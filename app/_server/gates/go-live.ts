/** A revision that was checked goes live: open runs continue on it with their next step, new runs start on it. */
import type { GateAnswer, GoLive } from '@/app/_contract/gates';
import { audited } from '../audit';
import { readStored } from '../drafts/stored';
import { notHeard } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { gateFailure } from './failure';
import { readGate } from './gate';

/** Throws `gateNotFound`, `gateRefused`, and `draftNotFound` before anything goes live. */
export async function goLive(
  web: Pick<Web, 'versions' | 'database' | 'log' | 'catalogue' | 'invalidations'>,
  actor: Actor,
  flow: string,
  id: string,
  { note, breaking, draft }: GoLive
): Promise<GateAnswer> {
  demand(actor, 'flows.publishRevision', flow);
  const before = await readGate(web, flow, id);
  const { version, revision, live, holding } = before;
  const details = { version, revision, replaced: live, holding, breaking, reason: note };
  const operation = before.rollback ? 'flows.rollBack' : 'flows.publishRevision';
  demand(actor, operation, flow);
  // Once a revision is live, nothing may refuse the request any more.
  const stored = draft ? await readStored(web, actor, draft.id, 'flows.publish') : null;
  return audited(web, actor, { operation, target: flow, details }, async () => {
    const request = { id, note, breaking, publishedBy: actor.name };
    const report = await web.versions
      .goLive(request)
      .catch((error: unknown) =>
        notHeard(error, `The engine did not answer, so it is not known whether ${revision} went live.`)
      )
      .catch(gateFailure);
    web.catalogue.changed();
    web.invalidations.announce(['flows']);
    if (draft && stored) {
      const data = { base: report.version, baseRevision: report.revision, baseNumber: draft.number };
      if (stored.flow === report.flow) await web.database.draft.update({ where: { id: draft.id }, data });
      web.invalidations.announce(['drafts']);
    }
    return { report };
  });
}
