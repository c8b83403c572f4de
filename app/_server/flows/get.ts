/** One flow with its versions, and the content of the requested version. */
import type { FlowDetail } from '@/app/_contract/flows';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import { templateOfFlow, templateRef } from '../templates/made';
import type { Web } from '../web';
import { countOpen } from './list';
import { missingCandidates } from './missing-candidates';
import { flowSummary, newestFirst, versionSummary } from './summaries';

export async function getFlow(
  web: Pick<Web, 'catalogue' | 'database' | 'log' | 'temporal'>,
  actor: Actor,
  flow: string,
  version?: number,
  revision?: string
): Promise<FlowDetail> {
  demand(actor, 'flows.get', flow);
  // One line for each version: its live revision.
  const revisions = (await web.catalogue.list()).filter((each) => each.flow === flow);
  const versions = revisions.filter(({ live }) => live).sort(newestFirst);
  const newest = versions[0];
  if (!newest) throw new Refusal('flowNotFound', `There is no flow named '${flow}'.`);
  const chosen =
    version === undefined
      ? newest
      : revisions.find(
          (each) => each.version === version && (revision === undefined ? each.live : each.revision === revision)
        );
  if (!chosen)
    throw new Refusal(
      'versionNotFound',
      `'${flow}' has no version ${revision ?? version}; the newest is ${newest.version}.`
    );
  const [content, openRuns, template] = await Promise.all([
    web.catalogue.content(flow, chosen.version, chosen.revision),
    countOpen(web, flow),
    templateOfFlow(web, flow),
  ]);
  return {
    summary: flowSummary(versions, openRuns),
    versions: versions.map(versionSummary),
    shown: { ...versionSummary(chosen), manifest: content.manifest, code: content.code },
    template: template === null ? null : templateRef(template),
    problems: await missingCandidates(web, content.manifest.document),
  };
}

/** The flow with the version that starts runs; with the newest one if none does. */
export async function getServedFlow(
  web: Pick<Web, 'catalogue' | 'database' | 'log' | 'temporal'>,
  actor: Actor,
  flow: string
): Promise<FlowDetail> {
  const newest = await getFlow(web, actor, flow);
  const served = newest.summary.servedVersion;
  return served === null || served === newest.shown.version ? newest : getFlow(web, actor, flow, served);
}
