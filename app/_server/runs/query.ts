/** Ask a run, open or closed. Changes nothing, so it leaves no audit row. */
import type { QueryAnswer, QueryRun } from '@/app/_contract/runs';
import { reading } from '../engine';
import { fromEngine, Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { nameOf, type RunAddress } from './address';

export async function queryRun(
  web: Pick<Web, 'temporal'>,
  actor: Actor,
  run: RunAddress,
  { name, input }: QueryRun
): Promise<QueryAnswer> {
  demand(actor, 'read');
  const handle = web.temporal.workflow.getHandle(run.workflowId, run.runId);
  try {
    const result = await reading(web, () =>
      handle.query<unknown, unknown[]>(name, ...(input === undefined ? [] : [input]))
    );
    return { result: result ?? null };
  } catch (error) {
    const known = fromEngine(error);
    if (known?.code === 'engineAway' || known?.code === 'runNotFound') throw known;
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal('queryFailed', `'${nameOf(run)}' did not answer '${name}': ${why}`, undefined, { cause: error });
  }
}
