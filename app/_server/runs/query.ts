/** Queries a run, open or closed, now or as it was after an event. It changes nothing, so it writes no audit row. */
import type { FlowDocument, JsonSchema } from '@/engine/flow/document';
import { VARIABLES_QUERY } from '@/engine/saga/contract';
import type { QueryAnswer, QueryRun } from '@/app/_contract/runs';
import { asking } from '../engine';
import { fromEngine, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { describeRun, nameOf, type RunAddress } from './address';
import { maskOfRun } from './masked';

export async function queryRun(
  web: Pick<Web, 'temporal' | 'catalogue' | 'config' | 'hub' | 'versions'>,
  actor: Actor,
  run: RunAddress,
  { name, input, at }: QueryRun
): Promise<QueryAnswer> {
  const { summary } = await describeRun(web, actor, 'runs.query', run);
  const version = await web.catalogue.contentOfType(summary.workflowType, summary.revision);
  const mask = await maskOfRun(web, version?.manifest, run);
  const handle = web.temporal.workflow.getHandle(run.workflowId, run.runId);
  try {
    const result =
      at === undefined
        ? await asking(web, () => handle.query<unknown, unknown[]>(name, ...(input === undefined ? [] : [input])))
        : await web.versions.queryAt({ ...run, namespace: web.config.namespace, eventId: at, queryType: name });
    return { result: mask.data(result ?? null, version ? schemaOf(version.document, name) : undefined) };
  } catch (error) {
    const known = fromEngine(error);
    if (known?.code === 'engineAway' || known?.code === 'runNotFound') throw known;
    const why = mask.data(reasonOf(error));
    throw new Refusal('queryFailed', `'${nameOf(run)}' did not answer '${name}': ${why}`, undefined, { cause: error });
  }
}

/** What the engine says, without the name of its status, which tells nobody anything. */
const reasonOf = (error: unknown): string => {
  const { details, message = String(error) } = error as { details?: unknown; message?: string };
  return typeof details === 'string' && details !== '' ? details : message;
};

/** Of the answer; undefined if it is not declared. */
function schemaOf({ queries, variables }: FlowDocument, name: string): JsonSchema | undefined {
  if (name !== VARIABLES_QUERY) return Object.hasOwn(queries, name) ? queries[name]?.schema : undefined;
  const properties = Object.fromEntries(Object.entries(variables).map(([each, { schema }]) => [each, schema]));
  return { type: 'object', properties };
}
