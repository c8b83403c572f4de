/**
 * A person records what happened to an effect of a closed run, because the run itself can no longer find out. The
 * last statement counts and is stored with the run; the audit trail has every statement. The engine counts again what
 * the run left behind, so that lists, filters and counts agree with the run's page.
 */
import type { Receipt, SettleEffect } from '@/app/_contract/runs';
import { isLeft, ledgerOf } from '@/engine/run-view/ledger';
import { audited } from '../audit';
import { failureOf, Refusal } from '../failure';
import { followSettled } from '../notifications/follow';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { describeRun, nameOf, type RunAddress } from './address';
import { handedOverOf } from './family';

/** Longer than the engine may take to answer. */
const TRANSACTION_MS = 15_000;

export async function settleEffect(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'versions' | 'catalogue' | 'config' | 'hub' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { activityId, found, reason }: SettleEffect
): Promise<Receipt> {
  const { summary, info } = await describeRun(web, actor, 'runs.settle', run);
  if (summary.status === 'running') {
    throw new Refusal(
      'refused',
      `'${run.workflowId}' is still open. Effects are settled only after a run has ended; until then, answer the run's own questions.`
    );
  }
  const [version, live] = await Promise.all([
    web.catalogue.contentOfType(summary.workflowType, summary.revision),
    web.hub.read(run),
  ]);
  // Read without earlier statements, so that they can be corrected.
  const { lateAnswers, passedOn } = live.summary;
  const beside = { pending: null, settlements: [], lateAnswers, passedOn };
  const entry =
    version && ledgerOf(live.events, version.manifest, beside).entries.find((each) => each.activityId === activityId);
  if (!entry || !isLeft(entry.state)) {
    throw new Refusal(
      'refused',
      `There is nothing to settle for '${activityId}': no effect of it remains or may remain.`
    );
  }
  if (entry.heldBy === 'nextRun') {
    throw new Refusal(
      'refused',
      'This run continued as a new one, and the effect belongs to that one: settle it there.'
    );
  }
  if (entry.heldBy === 'newRun') {
    throw new Refusal('refused', 'This run was reset, and the effect belongs to the newer run: settle it there.');
  }
  const handed = await handedOverOf(web, info);
  if (handed?.entries.some((each) => each.activityId === activityId)) {
    const { workflowId } = handed.by;
    throw new Refusal(
      'refused',
      `This effect was handed over to '${workflowId}', which started the run: settle it there.`
    );
  }
  const details = { activityId, found, reason };
  return audited(web, actor, { operation: 'runs.settle', target: nameOf(run), details }, async () => {
    const key = { namespace: web.config.namespace, ...run, activityId };
    const at = new Date();
    const said = { found, reason, byId: actor.id, byName: actor.name, at };
    // Both or neither: the engine counts what remains, for lists and counts; the row has who said so, and why, for the
    // run's page.
    await web.database.$transaction(
      async (rows) => {
        await rows.effectSettlement.upsert({
          where: { namespace_workflowId_runId_activityId: key },
          create: { ...key, ...said },
          update: said,
        });
        await web.versions.settleEffect({ ...key, found });
      },
      { timeout: TRANSACTION_MS }
    );
    await followSettled(web, run).catch((error: unknown) =>
      web.log.warn({ failure: failureOf(error) }, 'who decided in a run is not told that an effect of it was settled')
    );
    web.invalidations.announce(['runs', 'inbox']);
    return { at: at.getTime(), by: actor.name };
  });
}
