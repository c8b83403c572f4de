/** Send a declared update and wait for its answer. Names that begin with `__` are the saga library's: they have operations of their own. */
import type { UpdateAnswer, UpdateRun } from '@/app/_contract/runs';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demandFits } from '../flows/check-value';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';
import { sendUpdate } from './send-update';

export async function updateRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config'>,
  actor: Actor,
  run: RunAddress,
  { name, input, requestId }: UpdateRun
): Promise<UpdateAnswer> {
  demandAnywhere(actor, 'runs.update');
  if (name.startsWith('__'))
    throw new Refusal('notAllowed', `'${name}' cannot be sent as it is: decisions have buttons of their own.`);
  const { summary } = await demandOpen(web, actor, 'runs.update', run);
  const version = await web.catalogue.contentOfType(summary.workflowType);
  if (version) {
    // What every object has is nothing that a flow declares.
    const declared = Object.hasOwn(version.document.updates, name) ? version.document.updates[name] : undefined;
    if (!declared) throw new Refusal('badRequest', `This flow has no update '${name}'.`);
    demandFits(input, declared.schema, 'The update');
  }
  return audited(web, actor, { operation: 'runs.update', target: nameOf(run), details: { name } }, async () => ({
    result: (await sendUpdate(web, { ...run, name, updateId: requestId, argument: input })) ?? null,
  }));
}
