/** The typed client of a flow: of the version that starts runs, or of the newest one. */
import { formatted } from '@/engine/compiler/finish';
import { typescriptClient } from '@/engine/flow/typescript-client';
import { getFlow } from '../flows/get';
import type { Actor } from '../people/actor';
import type { Web } from '../web';

export async function clientOf(
  web: Pick<Web, 'catalogue' | 'database' | 'log' | 'temporal'>,
  actor: Actor,
  flow: string
): Promise<string> {
  const newest = await getFlow(web, actor, flow);
  const served = newest.summary.servedVersion;
  const { shown } = served === null ? newest : await getFlow(web, actor, flow, served);
  return formatted(typescriptClient(shown.manifest.document, shown.version));
}
