/**
 * The versions of a flow as its list shows them: who published each and why, its open runs, and whether it starts new
 * ones.
 */
import pLimit from 'p-limit';
import type { VersionList } from '@/app/_contract/flows';
import type { VersionMessage } from '@/engine/api/client';
import { openDraftOf } from '../drafts/open-draft-of';
import { newestVersions, summaryOf } from '../drafts/stored';
import { reading } from '../engine';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import { typeClause } from '../runs/visibility';
import type { Web } from '../web';
import { newestFirst, servedOf, versionSummary } from './summaries';

/** Counts that are asked for at the same time. */
const COUNTED_AT_ONCE = 8;

export async function listVersions(
  web: Pick<Web, 'catalogue' | 'database' | 'temporal'>,
  actor: Actor,
  flow: string
): Promise<VersionList> {
  demand(actor, 'flows.get', flow);
  const ofFlow = await versionsOf(web, flow);
  const limit = pLimit(COUNTED_AT_ONCE);
  const [openRuns, draft, newest] = await Promise.all([
    Promise.all(ofFlow.map(({ workflowType }) => limit(() => countOpenOfType(web, workflowType)))),
    openDraftOf(web.database, flow),
    newestVersions(web),
  ]);
  return {
    versions: ofFlow.map((version, index) => ({ ...versionSummary(version), openRuns: openRuns[index] ?? null })),
    served: servedOf(ofFlow)?.version ?? null,
    draft: draft && summaryOf(draft, newest),
  };
}

/** The live revision of each version of a flow, newest first. Throws `flowNotFound`. */
export async function versionsOf({ catalogue }: Pick<Web, 'catalogue'>, flow: string): Promise<VersionMessage[]> {
  const revisions = (await catalogue.list()).filter((each) => each.flow === flow).sort(newestFirst);
  if (revisions.length === 0) throw new Refusal('flowNotFound', `There is no flow named '${flow}'.`);
  return revisions.filter((each, index) => each.version !== revisions[index - 1]?.version);
}

/** `version`: of an address. Throws `flowNotFound`, `versionNotFound`. */
export async function versionIn(web: Pick<Web, 'catalogue'>, flow: string, version: string): Promise<VersionMessage> {
  const found = (await versionsOf(web, flow)).find((each) => String(each.version) === version);
  if (!found) throw new Refusal('versionNotFound', `'${flow}' has no version ${version.slice(0, 20)}.`);
  return found;
}

/** Null if they cannot be counted now, or not by this cluster. */
async function countOpenOfType(web: Pick<Web, 'temporal'>, workflowType: string): Promise<number | null> {
  const query = `${typeClause(workflowType)} AND ExecutionStatus = 'Running'`;
  return reading(web, () => web.temporal.workflow.count(query))
    .then(({ count }) => count)
    .catch(() => null);
}
