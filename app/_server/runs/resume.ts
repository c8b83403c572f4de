/** 'Resume': a paused run goes on with all that happened meanwhile, and every attempt that is due begins. */
import type { Receipt, ResumeRun } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandStillOpen, describeRun, nameOf, type RunAddress } from './address';
import { answeredBefore } from './answered-before';

type Parts = Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations' | 'hub'>;

export async function resumeRun(
  web: Parts,
  actor: Actor,
  run: RunAddress,
  { reason, requestId }: ResumeRun
): Promise<Receipt> {
  const described = await describeRun(web, actor, 'runs.unpause', run);
  const before = await answeredBefore(web, actor, 'runs.unpause', run, requestId);
  if (before) return before;
  demandStillOpen(described, run);
  const details = { reason: reason ?? null, requestId };
  return audited(web, actor, { operation: 'runs.unpause', target: nameOf(run), details }, async () => {
    const request = { namespace: web.config.namespace, ...run, identity: actor.name, reason: reason ?? '', requestId };
    try {
      await changing(web, () => web.temporal.workflowService.unpauseWorkflowExecution(request));
    } catch (error) {
      if (!isNotPaused(error)) throw error;
      const by = await lastResumer(web, run).catch(() => undefined);
      if (by === undefined) throw error;
      if (by === null) throw new Refusal('refused', 'This run is not paused.', undefined, { cause: error });
      if (by !== actor.name)
        throw new Refusal('refused', `This run is not paused any more: ${by || 'somebody'} has resumed it.`);
    }
    web.invalidations.announce(['runs', 'inbox']);
    return { at: Date.now(), by: actor.name };
  });
}

const isNotPaused = (error: unknown): boolean => error instanceof Error && /workflow is not paused/.test(error.message);

/** From the history; null if nobody has resumed it. */
async function lastResumer(web: Parts, run: RunAddress): Promise<string | null> {
  const { events } = await web.hub.read(run);
  const resumed = events.findLast(({ type }) => type === 'WorkflowExecutionUnpaused');
  return resumed ? String(resumed.attributes.identity ?? '') : null;
}
