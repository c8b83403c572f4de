/**
 * What becomes of one closed run: when it is deleted, who keeps it, and 'Delete now'.
 *
 * [KEEP5] Whoever operates a flow keeps its runs, with a reason; the engine has that a run is kept, the row who and why.
 *         Both are written, or neither.
 * [KEEP6] 'Delete now' refuses a run that is open, that somebody keeps, or of which an effect remains, or may remain, that
 *         nobody has acknowledged. The engine waits until the parent of the run has heard from it.
 */
import type { DeleteRun, KeepRun, Receipt, RunRetention, RunSummary } from '@/app/_contract/runs';
import { durationMs } from '@/engine/proto-time';
import { daysKept, flowPeriodsOf } from '@/engine/retention-periods';
import { audited } from '../audit';
import { changing, reading } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import { describeRun, nameOf, type RunAddress } from '../runs/address';
import { settlementsOf } from '../runs/settlements';
import type { Web } from '../web';

type Reader = Pick<Web, 'temporal' | 'config' | 'database'>;
type Changer = Reader & Pick<Web, 'catalogue' | 'log' | 'versions' | 'invalidations'>;
const DAY_MS = 86_400_000;
/** Longer than the engine may take to answer. */
const TRANSACTION_MS = 15_000;

/** Null for an open run. */
export async function retentionOf(
  web: Reader,
  run: RunAddress,
  summary: Pick<RunSummary, 'workflowType' | 'closeMs' | 'standing' | 'phase'>
): Promise<RunRetention | null> {
  if (summary.closeMs === null) return null;
  const { namespace } = web.config;
  const key = { namespace, ...addressOf(run) };
  const [described, keeper, isHeld] = await Promise.all([
    reading(web, () => web.temporal.workflowService.describeNamespace({ namespace })),
    web.database.keptRun.findUnique({ where: { namespace_workflowId_runId: key } }),
    leavesEffects(web, run, summary),
  ]);
  const ofNamespace = Math.round(durationMs(described.config?.workflowExecutionRetentionTtl) / DAY_MS) || null;
  const periods = flowPeriodsOf(web.config.foreignCluster ? null : described.namespaceInfo?.data);
  const days = daysKept(summary.workflowType, { periods, ofNamespace });
  return {
    deletesAtMs: days === null ? null : summary.closeMs + days * DAY_MS,
    isHeld,
    kept: keeper && { by: keeper.byName, reason: keeper.reason, atMs: keeper.at.getTime() },
  };
}

/** Whoever asks may know more of the run. */
const addressOf = ({ workflowId, runId }: RunAddress): RunAddress => ({ workflowId, runId });

/** As the engine counts it (history/deletion.ts). */
async function leavesEffects(
  web: Reader,
  run: RunAddress,
  { standing, phase }: Pick<RunSummary, 'standing' | 'phase'>
): Promise<boolean> {
  if (phase === 'counting') return true;
  if (!standing) return false;
  const settled = await settlementsOf(web, run);
  return standing > settled.filter(({ found }) => found === 'remains').length;
}

export async function keepRun(web: Changer, actor: Actor, run: RunAddress, asked: KeepRun): Promise<Receipt> {
  const { isKept, reason } = asked;
  const { summary } = await describeRun(web, actor, 'runs.keep', run);
  if (summary.status === 'running')
    throw new Refusal('refused', `'${run.workflowId}' is still open, and an open run is never deleted.`);
  if (web.config.foreignCluster)
    throw new Refusal('refused', 'A Temporal cluster deletes each closed run when its time is over.');
  const details = { isKept, reason };
  return audited(web, actor, { operation: 'runs.keep', target: nameOf(run), details }, async () => {
    const { namespace } = web.config;
    const key = { namespace, ...addressOf(run) };
    const said = { reason, byId: actor.id, byName: actor.name, at: new Date() };
    await web.database.$transaction(
      async (rows) => {
        if (isKept)
          await rows.keptRun.upsert({
            where: { namespace_workflowId_runId: key },
            create: { ...key, ...said },
            update: said,
          });
        else await rows.keptRun.deleteMany({ where: key });
        await web.versions.keepRun({ ...key, isKept });
      },
      { timeout: TRANSACTION_MS }
    );
    web.invalidations.announce(['runs']);
    return { at: said.at.getTime(), by: actor.name };
  });
}

/** [KEEP6] */
export async function deleteRun(web: Changer, actor: Actor, run: RunAddress, { reason }: DeleteRun): Promise<Receipt> {
  const { summary } = await describeRun(web, actor, 'runs.delete', run);
  const retention = await retentionOf(web, run, summary);
  if (!retention) throw new Refusal('refused', `'${run.workflowId}' is still open. Stop it first.`);
  if (retention.kept)
    throw new Refusal('refused', `${retention.kept.by} keeps this run: ${retention.kept.reason} End that first.`);
  if (retention.isHeld)
    throw new Refusal(
      'refused',
      'An effect of this run remains, or may remain, that nobody has acknowledged. Settle it in the ledger first.'
    );
  return audited(web, actor, { operation: 'runs.delete', target: nameOf(run), details: { reason } }, async () => {
    const { namespace } = web.config;
    await changing(web, () =>
      web.temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: addressOf(run) })
    );
    web.invalidations.announce(['runs']);
    return { at: Date.now(), by: actor.name };
  });
}
