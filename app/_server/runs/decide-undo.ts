/** An operator's answer for an undo that has no retries left. The run records who decided, and why. */
import type { DecideUndo, Receipt } from '@/app/_contract/runs';
import { UNDO_DECISION_UPDATE, type UndoDecision } from '@/engine/saga/contract';
import { audited } from '../audit';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';
import { sendUpdate } from './send-update';

export async function decideUndo(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config'>,
  actor: Actor,
  run: RunAddress,
  { requestId, nodeId, choice, reason }: DecideUndo
): Promise<Receipt> {
  await demandOpen(web, actor, 'runs.decideUndo', run);
  const argument: UndoDecision = {
    nodeId,
    choice,
    reason,
    actor: { id: actor.id, name: actor.name, groups: actor.groups },
  };
  const details = { nodeId, choice, reason };
  return audited(web, actor, { operation: 'runs.decideUndo', target: nameOf(run), details }, async () => {
    await sendUpdate(web, { ...run, name: UNDO_DECISION_UPDATE, updateId: requestId, argument });
    return { at: Date.now(), by: actor.name };
  });
}
