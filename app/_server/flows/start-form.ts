/** The start form of a flow: the input of the version with which new runs start. */
import type { StartFormModel } from '@/app/_contract/flows';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { getFlow } from './get';

/** Throws `flowNotFound`. */
export async function startForm(
  web: Web,
  actor: Actor,
  flow: string,
  again: StartFormModel['again'] = null
): Promise<StartFormModel> {
  const newest = await getFlow(web, actor, flow);
  const { summary } = newest;
  const served = summary.servedVersion ?? summary.latestVersion;
  const { shown } = served === newest.shown.version ? newest : await getFlow(web, actor, flow, served);
  const { input, scenarios } = shown.manifest.document;
  const archived = summary.servedVersion === null;
  return {
    origin: web.config.webUrl.origin,
    flow,
    title: summary.title,
    version: shown.version,
    archived,
    input,
    scenarios,
    again,
  };
}
