/** A page of runs, newest first, with how many there are of each standing. */
import { RUN_STANDINGS, type RunsPage, type RunsQuery, type RunStanding } from '@/app/_contract/runs';
import { reading } from '../engine';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { summaryOf } from './summary';
import { countQuery, runsQuery } from './visibility';

export async function listRuns(
  web: Pick<Web, 'temporal' | 'catalogue' | 'config'>,
  actor: Actor,
  query: RunsQuery
): Promise<RunsPage> {
  demand(actor, 'read');
  const [page, counts] = await Promise.all([
    reading(web, () =>
      web.temporal.workflowService.listWorkflowExecutions({
        namespace: web.config.namespace,
        query: runsQuery(query),
        pageSize: query.pageSize,
        nextPageToken: query.pageToken ? readToken(query.pageToken) : undefined,
      })
    ),
    // Only the first page shows counts anew; the pages after it belong to it.
    query.pageToken ? null : countRuns(web, query),
  ]);
  return {
    runs: await Promise.all(page.executions.map((info) => summaryOf(info, web.catalogue))),
    nextPageToken: page.nextPageToken?.length ? Buffer.from(page.nextPageToken).toString('base64url') : null,
    counts,
    total: counts ? Object.values(counts).reduce((sum, count) => sum + count, 0) : null,
    readAtMs: Date.now(),
  };
}

/** Null where the cluster cannot count. */
async function countRuns(web: Pick<Web, 'temporal'>, query: RunsQuery): Promise<RunsPage['counts']> {
  const count = async (standing: RunStanding) => {
    const { count } = await reading(web, () => web.temporal.workflow.count(countQuery(query, standing)));
    return [standing, count] as const;
  };
  return Promise.all(RUN_STANDINGS.map(count))
    .then((counts): RunsPage['counts'] => Object.fromEntries(counts.filter(([, number]) => number > 0)))
    .catch(() => null);
}

function readToken(token: string): Uint8Array {
  if (!/^[\w-]+$/.test(token))
    throw new Refusal('badRequest', 'This page of the list cannot be read: its token is damaged.');
  return Buffer.from(token, 'base64url');
}
