/** A revision that was checked goes live: open runs continue on it with their next step, new runs start on it. */
import type { GateAnswer, GoLive } from '@/app/_contract/gates';
import { audited } from '../audit';
import { readStored } from '../drafts/stored';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { gateFailure } from './failure';

/** Throws `gateNotFound`, `gateRefused`. */
export async function goLive(
  web: Pick<Web, 'versions' | 'database' | 'log' | 'catalogue' | 'invalidations'>,
  actor: Actor,
  flow: string,
  id: string,
  { note, breaking, draft }: GoLive
): Promise<GateAnswer> {
  demandAnywhere(actor, 'flows.publishRevision');
  const before = await web.versions.getGate(id).catch(gateFailure);
  const { version, revision, live, holding } = before;
  const details = { version, revision, replaced: live, holding, breaking, reason: note };
  const operation = before.rollback ? 'flows.rollBack' : 'flows.publishRevision';
  demand(actor, operation, before.flow);
  return audited(web, actor, { operation, target: flow, details }, async () => {
    const request = { id, note, breaking, publishedBy: actor.name };
    const report = await web.versions.goLive(request).catch(gateFailure);
    web.catalogue.changed();
    web.invalidations.announce(['flows']);
    if (draft) {
      const stored = await readStored(web, actor, draft.id, 'flows.publish');
      const data = { base: report.version, baseNumber: draft.number };
      if (stored.flow === report.flow) await web.database.draft.update({ where: { id: draft.id }, data });
      web.invalidations.announce(['drafts']);
    }
    return { report };
  });
}
