/** Sends a declared signal. It is checked here, because a run cannot refuse a signal later. */
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import type { Receipt, SignalRun } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import { demandFits } from '../flows/check-value';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';

export async function signalRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config'>,
  actor: Actor,
  run: RunAddress,
  { name, input, requestId }: SignalRun
): Promise<Receipt> {
  const { summary } = await demandOpen(web, actor, 'runs.signal', run);
  const version = await web.catalogue.contentOfType(summary.workflowType, summary.revision);
  if (version) {
    // Names such as 'toString' exist on every object but are not declared by the flow.
    const declared = Object.hasOwn(version.document.signals, name) ? version.document.signals[name] : undefined;
    if (!declared) throw new Refusal('badRequest', `This flow has no signal '${name}'.`);
    demandFits(input, declared.schema, 'The signal');
  }
  return audited(web, actor, { operation: 'runs.signal', target: nameOf(run), details: { name } }, async () => {
    await changing(web, () =>
      web.temporal.workflowService.signalWorkflowExecution({
        namespace: web.config.namespace,
        workflowExecution: run,
        signalName: name,
        input: { payloads: toPayloads(defaultPayloadConverter, input) },
        identity: actor.name,
        requestId,
      })
    );
    return { at: Date.now(), by: actor.name };
  });
}
