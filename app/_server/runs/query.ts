/** Queries a run, open or closed. It changes nothing, so it writes no audit row. */
import type { QueryAnswer, QueryRun } from '@/app/_contract/runs';
import { asking } from '../engine';
import { fromEngine, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { describeRun, nameOf, type RunAddress } from './address';
import { maskOfRun } from './masked';

export async function queryRun(
  web: Pick<Web, 'temporal' | 'catalogue' | 'config' | 'hub'>,
  actor: Actor,
  run: RunAddress,
  { name, input }: QueryRun
): Promise<QueryAnswer> {
  const { summary } = await describeRun(web, actor, 'runs.query', run);
  const version = await web.catalogue.contentOfType(summary.workflowType, summary.revision);
  const mask = await maskOfRun(web, version?.manifest, run);
  const handle = web.temporal.workflow.getHandle(run.workflowId, run.runId);
  try {
    const result = await asking(web, () =>
      handle.query<unknown, unknown[]>(name, ...(input === undefined ? [] : [input]))
    );
    const queries = version?.document.queries ?? {};
    const declared = Object.hasOwn(queries, name) ? queries[name] : undefined;
    return { result: mask.data(result ?? null, declared?.schema) };
  } catch (error) {
    const known = fromEngine(error);
    if (known?.code === 'engineAway' || known?.code === 'runNotFound') throw known;
    const why = mask.data(error instanceof Error ? error.message : String(error));
    throw new Refusal('queryFailed', `'${nameOf(run)}' did not answer '${name}': ${why}`, undefined, { cause: error });
  }
}
