/** Retires a version, so that it starts no new runs, or takes that back. Open runs go on in both cases. */
import type { z } from 'zod';
import type { retireVersionSchema, unretireVersionSchema, VersionSummary } from '@/app/_contract/flows';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { versionSummary } from './summaries';
import { versionIn } from './versions';

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
      if (code !== GRPC_FAILED_PRECONDITION) throw error;
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
