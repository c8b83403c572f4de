/**
 * 'Pause': no step and no attempt of the run begins until somebody resumes it (engine/history/paused.ts says what goes on
 * meanwhile). The reason is shown to everybody who opens the run.
 */
import type { PauseRun, Receipt } from '@/app/_contract/runs';
import { timestampMs } from '@/engine/proto-time';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandStillOpen, describeRun, nameOf, type DescribedRun, type RunAddress } from './address';
import { answeredBefore } from './answered-before';

export async function pauseRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { reason, requestId }: PauseRun
): Promise<Receipt> {
  const described = await describeRun(web, actor, 'runs.pause', run);
  const before = await answeredBefore(web, actor, 'runs.pause', run, requestId);
  if (before) return before;
  demandStillOpen(described, run);
  const details = { reason, requestId };
  return audited(web, actor, { operation: 'runs.pause', target: nameOf(run), details }, async () => {
    const own = ownPause(described, actor, reason);
    if (own) return own;
    const request = { namespace: web.config.namespace, ...run, identity: actor.name, reason, requestId };
    try {
      await changing(web, () => web.temporal.workflowService.pauseWorkflowExecution(request));
    } catch (error) {
      // Somebody was faster, or the same person in another window.
      const meanwhile = await describeRun(web, actor, 'runs.pause', run).catch(() => null);
      const receipt = meanwhile && ownPause(meanwhile, actor, reason);
      if (receipt) return receipt;
      throw error;
    }
    web.invalidations.announce(['runs', 'inbox']);
    return { at: Date.now(), by: actor.name };
  });
}

/** The pause that there is, if it is what this person asks for; null if there is none. Refuses any other one. */
function ownPause({ description }: DescribedRun, actor: Actor, reason: string): Receipt | null {
  const pause = description.workflowExtendedInfo?.pauseInfo;
  if (!pause) return null;
  const isOwn = pause.identity === actor.name;
  if (isOwn && pause.reason === reason) return { at: timestampMs(pause.pausedTime), by: actor.name };
  const by = isOwn ? `you, with the reason '${pause.reason}'` : pause.identity || 'somebody';
  throw new Refusal('refused', `This run is paused already, by ${by}. It stays paused.`);
}
