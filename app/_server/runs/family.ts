/**
 * The family of a run: the tree of runs from the first one that started others down to their children, and what became of
 * the effects that a child handed over to its parent. Read from histories, because a list of runs does not say which run
 * started which.
 */
import { HANDS_OVER } from '@/engine/saga/handed';
import { handedOverBy, withHandedOver } from '@/engine/run-view/handed-over';
import { ledgerFrom } from '@/engine/run-view/ledger';
import type { HandedOver } from '@/engine/run-view/model';
import { readRecords } from '@/engine/run-view/records';
import type { FamilyRun, RunFamily } from '@/app/_contract/runs';
import { isRefusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { describeRun, type RunAddress } from './address';
import { settlementsOf } from './settlements';
import { decodeFields } from './summary';

type Reader = Pick<Web, 'temporal' | 'catalogue' | 'config' | 'hub' | 'database'>;
type Info = Awaited<ReturnType<typeof describeRun>>['info'];

/** Each run of the tree is a history to read. */
const MOST_RUNS = 100;
const DEEPEST = 10;

export async function getFamily(web: Reader, actor: Actor, run: RunAddress): Promise<RunFamily> {
  demandAnywhere(actor, 'runs.get');
  const { info } = await describeRun(web, actor, 'runs.get', run);
  const { workflowId, runId } = info.rootExecution ?? {};
  const budget = { left: MOST_RUNS };
  const root = workflowId && runId ? { workflowId, runId } : run;
  return { root: await branchOf(web, actor, root, { stepId: null, title: null }, budget, 0), isWhole: budget.left > 0 };
}

async function branchOf(
  web: Reader,
  actor: Actor,
  run: RunAddress,
  step: Pick<FamilyRun, 'stepId' | 'title'>,
  budget: { left: number },
  depth: number
): Promise<FamilyRun> {
  budget.left--;
  try {
    const { summary } = await describeRun(web, actor, 'runs.get', run);
    const [live, version] = await Promise.all([
      web.hub.read(run),
      web.catalogue.contentOfType(summary.workflowType, summary.revision),
    ]);
    const children: FamilyRun[] = [];
    for (const { workflowId, runId: firstRunId, lastRunId, stepId, nodeId } of readRecords(live.events).children) {
      const runId = lastRunId ?? firstRunId;
      if (runId === null || budget.left <= 0 || depth >= DEEPEST) continue;
      const title = version?.manifest.nodes[nodeId]?.title ?? null;
      children.push(await branchOf(web, actor, { workflowId, runId }, { stepId, title }, budget, depth + 1));
    }
    return { ...run, ...step, summary: live.summary, children };
  } catch (error) {
    // Of a flow that this person may not see, or deleted: that there is a run is known from its parent.
    if (isRefusal(error)) return { ...run, ...step, summary: null, children: [] };
    throw error;
  }
}

/**
 * What the parent, and its parents, have done with what this run handed over; null if nothing was handed over. The states
 * are shown to everybody who may see this run.
 */
export async function handedOverOf(web: Reader, info: Info): Promise<HandedOver | null> {
  const { parentExecution: parent, execution } = info;
  if (!parent?.runId || decodeFields(info.memo?.fields)[HANDS_OVER] === undefined) return null;
  const by = { workflowId: parent.workflowId ?? '', runId: parent.runId };
  return takenOverBy(web, by, execution?.runId ?? '');
}

/** `by`: the parent. If it was reset, the newer run has what it took over before the point. */
async function takenOverBy(web: Reader, by: RunAddress, childRunId: string): Promise<HandedOver | null> {
  try {
    const above = (
      await web.temporal.workflowService.describeWorkflowExecution({
        namespace: web.config.namespace,
        execution: by,
      })
    ).workflowExecutionInfo;
    const [live, settlements, version, further] = await Promise.all([
      web.hub.read(by),
      settlementsOf(web, by),
      web.catalogue.contentOfType(above?.type?.name ?? ''),
      above ? handedOverOf(web, above) : null,
    ]);
    const { pending, summary } = live;
    const { lateAnswers, passedOn } = summary;
    const newer = passedOn?.reset && (await takenOverBy(web, { ...by, runId: passedOn.reset.runId }, childRunId));
    if (newer) return newer;
    if (!version) return null;
    const records = readRecords(live.events);
    const ledger = withHandedOver(
      ledgerFrom(records, version.manifest, { pending, settlements, lateAnswers, passedOn }),
      further
    );
    const entries = handedOverBy(records, ledger, childRunId);
    return entries && { by, entries };
  } catch (error) {
    // The parent was deleted.
    if (isRefusal(error)) return null;
    throw error;
  }
}
