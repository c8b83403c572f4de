/** The typed client of a flow: of the version that starts runs, or of the newest one. */
import { formatted } from '@/engine/compiler/finish';
import { typescriptClient } from '@/engine/flow/typescript-client';
import { getServedFlow } from '../flows/get';
import type { Actor } from '../people/actor';
import type { Web } from '../web';

export async function clientOf(
  web: Pick<Web, 'catalogue' | 'database' | 'log' | 'temporal'>,
  actor: Actor,
  flow: string
): Promise<string> {
  const { shown } = await getServedFlow(web, actor, flow);
  return formatted(typescriptClient(shown.manifest.document, shown.version));
}
