/** An operator's answer to a step of which nobody knows whether it happened. */
import type { DecideOutcome, Receipt } from '@/app/_contract/runs';
import { OUTCOME_DECISION_UPDATE, type OutcomeDecision } from '@/engine/saga/contract';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demandFits } from '../flows/check-value';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';
import { sendUpdate } from './send-update';

export async function decideOutcome(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config'>,
  actor: Actor,
  run: RunAddress,
  { requestId, nodeId, choice, output, reason }: DecideOutcome
): Promise<Receipt> {
  demand(actor, 'operate');
  const { summary } = await demandOpen(web, run);
  if (choice === 'applied') await demandOutput(web, summary.workflowType, nodeId, output);
  const argument: OutcomeDecision = {
    nodeId,
    choice,
    reason,
    actor: { id: actor.id, name: actor.name, groups: actor.groups },
    ...(choice === 'applied' ? { output } : {}),
  };
  const details = { nodeId, choice, reason };
  return audited(web, actor, { operation: 'runs.decideOutcome', target: nameOf(run), details }, async () => {
    await sendUpdate(web, { ...run, name: OUTCOME_DECISION_UPDATE, updateId: requestId, argument });
    return { at: Date.now(), by: actor.name };
  });
}

/** Later steps read this output: it must be what the step would have answered. */
async function demandOutput(web: Pick<Web, 'catalogue'>, workflowType: string, nodeId: string, output: unknown) {
  const version = await web.catalogue.contentOfType(workflowType);
  const schema = version?.manifest.nodes[nodeId]?.output;
  if (!schema) return;
  if (output === undefined)
    throw new Refusal('inputInvalid', 'Later steps read what this one answers: say what it answered.');
  demandFits(output, schema, 'The output');
}
