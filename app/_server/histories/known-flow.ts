/** The flow of a history from a file, by the type of its workflow. The events themselves are not sent. */
import type { HistoryFlow, KnownFlow } from '@/app/_contract/histories';
import { may } from '@/engine/permissions/permissions';
import { isRefusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';

export async function knownFlow(
  web: Pick<Web, 'catalogue'>,
  actor: Actor,
  { type, revision }: HistoryFlow
): Promise<KnownFlow> {
  demandAnywhere(actor, 'flows.get');
  const versions = await web.catalogue.list();
  const version = versions.find(({ workflowType }) => workflowType === type);
  if (!version || !may(actor, 'flows.get', version.flow))
    return { manifest: null, why: `There is no flow of the type '${type}' here.` };
  const { flow, version: number } = version;
  const wanted = revision ?? `v${number}.0`;
  try {
    return { manifest: (await web.catalogue.content(flow, number, wanted)).manifest, why: null };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { manifest: null, why: `The flow '${flow}' is known here, but not its revision ${wanted}.` };
  }
}

/** Of gRPC: NOT_FOUND. */
const isMissing = (error: unknown): boolean =>
  isRefusal(error) ? error.code === 'versionNotFound' : (error as { code?: unknown }).code === 5;
