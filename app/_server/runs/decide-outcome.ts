/** An operator's answer for a step whose outcome is unknown. */
import type { DecideOutcome, Receipt } from '@/app/_contract/runs';
import { parseActivityId } from '@/engine/run-view/activity-id';
import { undoReadsOutput } from '@/engine/run-view/undo-reads-output';
import { OUTCOME_DECISION_UPDATE, type OutcomeDecision } from '@/engine/saga/contract';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demandFits } from '../flows/check-value';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';
import { sendUpdate } from './send-update';

export async function decideOutcome(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config'>,
  actor: Actor,
  run: RunAddress,
  { requestId, nodeId, choice, output, reason }: DecideOutcome
): Promise<Receipt> {
  const { summary } = await demandOpen(web, actor, 'runs.decideOutcome', run);
  const takesOutput = choice === 'applied' || choice === 'undo';
  if (takesOutput) await demandOutput(web, summary.workflowType, { nodeId, choice, output });
  const argument: OutcomeDecision = {
    nodeId,
    choice,
    reason,
    actor: { id: actor.id, name: actor.name, groups: actor.groups },
    ...(takesOutput ? { output } : {}),
  };
  const details = { nodeId, choice, reason };
  return audited(web, actor, { operation: 'runs.decideOutcome', target: nameOf(run), details }, async () => {
    await sendUpdate(web, { ...run, name: OUTCOME_DECISION_UPDATE, updateId: requestId, argument });
    return { at: Date.now(), by: actor.name };
  });
}

/** Later steps, and some undos, read this output, so it must match the output schema of the step. */
async function demandOutput(
  web: Pick<Web, 'catalogue'>,
  workflowType: string,
  { nodeId: stepId, choice, output }: Pick<DecideOutcome, 'nodeId' | 'choice' | 'output'>
) {
  const manifest = (await web.catalogue.contentOfType(workflowType))?.manifest;
  const nodeId = parseActivityId(stepId)?.nodeId ?? stepId;
  const node = manifest?.nodes[nodeId];
  if (!manifest || !node) return;
  if (choice === 'undo') {
    if (!undoReadsOutput(manifest, nodeId)) return;
    // Code that was published before `lateCalls` existed would call the undo without an output, and fail.
    if (node.lateCalls === undefined) {
      const instead = "Choose 'It happened' and enter its output, then stop the run: that calls its undo.";
      throw new Refusal('refused', `The undo of '${node.title}' reads the output of the step. ${instead}`);
    }
    if (output === undefined)
      throw new Refusal('inputInvalid', `The undo of '${node.title}' reads the output of the step. Enter the output.`);
  }
  const schema = node.output;
  if (!schema) return;
  if (output === undefined)
    throw new Refusal('inputInvalid', 'Later steps read the output of this step. Enter the output.');
  demandFits(output, schema, 'The output');
}
