/** The start form of a flow: the input of the version with which new runs start. */
import type { StartFormModel } from '@/app/_contract/flows';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { getServedFlow } from './get';

/** Throws `flowNotFound`. */
export async function startForm(
  web: Web,
  actor: Actor,
  flow: string,
  again: StartFormModel['again'] = null
): Promise<StartFormModel> {
  const { summary, shown } = await getServedFlow(web, actor, flow);
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
