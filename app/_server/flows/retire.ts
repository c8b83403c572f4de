/**
 * Retires a version, so that it starts no new runs, or takes that back. An archived flow is one of which every version
 * is retired and that has no open draft; restored, the versions that archiving retired start runs again. Open runs go
 * on in all cases.
 */
import type { z } from 'zod';
import type {
  archiveFlowSchema,
  FlowSummary,
  retireVersionSchema,
  unretireVersionSchema,
  VersionSummary,
} from '@/app/_contract/flows';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { countOpen } from './list';
import { flowSummary, versionSummary } from './summaries';
import { versionIn, versionsOf } from './versions';

type Parts = Pick<Web, 'database' | 'log' | 'versions' | 'catalogue' | 'invalidations'>;
const GRPC_FAILED_PRECONDITION = 9;

/** Throws `lastServedVersion` for the only version that starts runs, unless `evenLast`. */
export async function retireVersion(
  web: Parts,
  actor: Actor,
  flow: string,
  version: string,
  { reason, evenLast }: z.output<typeof retireVersionSchema>
): Promise<VersionSummary> {
  demand(actor, 'flows.retire', flow);
  const found = await versionIn(web, flow, version);
  const request = { flow, version: found.version, retired: true, reason, evenLast, changedBy: actor.name };
  return change(web, actor, 'flows.retire', request);
}

export async function unretireVersion(
  web: Parts,
  actor: Actor,
  flow: string,
  version: string,
  { reason }: z.output<typeof unretireVersionSchema>
): Promise<VersionSummary> {
  demand(actor, 'flows.unretire', flow);
  const found = await versionIn(web, flow, version);
  const request = { flow, version: found.version, retired: false, reason, evenLast: false, changedBy: actor.name };
  return change(web, actor, 'flows.unretire', request);
}

/** Throws `flowNotFound`. A second request changes nothing. */
export async function archiveFlow(
  web: Parts & Pick<Web, 'temporal'>,
  actor: Actor,
  flow: string,
  { reason }: z.output<typeof archiveFlowSchema>
): Promise<FlowSummary> {
  demand(actor, 'flows.archive', flow);
  await versionsOf(web, flow);
  const request = { flow, version: 0, retired: true, reason, evenLast: true, changedBy: actor.name };
  return audited(web, actor, { operation: 'flows.archive', target: flow, details: { reason } }, async () => {
    await web.versions.retireVersion(request);
    await web.database.draft.updateMany({ where: { flow, archivedAt: null }, data: { archivedAt: new Date() } });
    web.catalogue.changed();
    web.invalidations.announce(['flows', 'drafts']);
    return flowSummary(await versionsOf(web, flow), await countOpen(web, flow));
  });
}

/** Throws `flowNotFound`. Versions that were retired before, and drafts, remain as they are. */
export async function unarchiveFlow(
  web: Parts & Pick<Web, 'temporal'>,
  actor: Actor,
  flow: string
): Promise<FlowSummary> {
  demand(actor, 'flows.unarchive', flow);
  await versionsOf(web, flow);
  const request = { flow, version: 0, retired: false, reason: '', evenLast: false, changedBy: actor.name };
  return audited(web, actor, { operation: 'flows.unarchive', target: flow, details: {} }, async () => {
    await web.versions.retireVersion(request);
    web.catalogue.changed();
    web.invalidations.announce(['flows']);
    return flowSummary(await versionsOf(web, flow), await countOpen(web, flow));
  });
}

async function change(
  web: Parts,
  actor: Actor,
  operation: 'flows.retire' | 'flows.unretire',
  request: Parameters<Web['versions']['retireVersion']>[0]
): Promise<VersionSummary> {
  const { flow, version, reason, evenLast } = request;
  const details = { version, reason, ...(evenLast ? { evenLast } : {}) };
  return audited(web, actor, { operation, target: flow, details }, async () => {
    await web.versions.retireVersion(request).catch((error: unknown) => {
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
      if (code !== GRPC_FAILED_PRECONDITION || !request.retired) throw error;
      throw new Refusal(
        'lastServedVersion',
        `Version ${version} is the only version of '${flow}' that starts runs. It was not retired.`
      );
    });
    web.catalogue.changed();
    web.invalidations.announce(['flows']);
    return versionSummary(await versionIn(web, flow, String(version)));
  });
}
