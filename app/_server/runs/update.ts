/**
 * Sends a declared update and waits for its answer. Names that begin with `__` belong to the saga library, which has
 * operations of its own.
 */
import type { UpdateAnswer, UpdateRun } from '@/app/_contract/runs';
import { audited } from '../audit';
import { isRefusal, Refusal } from '../failure';
import { demandFits } from '../flows/check-value';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';
import { maskedRefusal, maskOfRun } from './masked';
import { sendUpdate } from './send-update';

export async function updateRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'hub'>,
  actor: Actor,
  run: RunAddress,
  { name, input, requestId }: UpdateRun
): Promise<UpdateAnswer> {
  demandAnywhere(actor, 'runs.update');
  if (name.startsWith('__'))
    throw new Refusal(
      'notAllowed',
      `'${name}' cannot be sent as an update. Use the buttons for decisions on the page of the run.`
    );
  const { summary } = await demandOpen(web, actor, 'runs.update', run);
  const version = await web.catalogue.contentOfType(summary.workflowType, summary.revision);
  // What every object has is nothing that a flow declares.
  const declared =
    version && Object.hasOwn(version.document.updates, name) ? version.document.updates[name] : undefined;
  if (version) {
    if (!declared) throw new Refusal('badRequest', `This flow has no update '${name}'.`);
    demandFits(input, declared.schema, 'The update');
  }
  const mask = await maskOfRun(web, version?.manifest, run);
  // What is sent is hidden in the answer as well.
  mask.data(input, declared?.schema);
  return audited(web, actor, { operation: 'runs.update', target: nameOf(run), details: { name } }, async () => {
    const sent = sendUpdate(web, { ...run, name, updateId: requestId, argument: input });
    const result = await sent.catch((error: unknown) => {
      throw isRefusal(error) ? maskedRefusal(error, mask) : error;
    });
    return { result: mask.data(result ?? null) };
  });
}
