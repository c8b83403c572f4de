/** A page of runs, newest first, with how many there are of each standing. */
import type { RunsPage, RunsQuery, RunStanding } from '@/app/_contract/runs';
import { reading } from '../engine';
import { fromEngine, isRefusal, Refusal } from '../failure';
import { runsThatAsk } from '../inbox/asking';
import { flowsOf } from '@/engine/permissions/permissions';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { summaryOf } from './summary';
import { countQuery, runsQuery, type Flows } from './visibility';

export async function listRuns(
  web: Pick<Web, 'temporal' | 'catalogue' | 'config' | 'database' | 'log'>,
  actor: Actor,
  query: RunsQuery
): Promise<RunsPage> {
  demandAnywhere(actor, 'runs.list');
  const flows = flowsOf(actor, 'runs.list');
  const [page, counts] = await Promise.all([
    reading(web, () =>
      web.temporal.workflowService.listWorkflowExecutions({
        namespace: web.config.namespace,
        query: runsQuery(query, flows),
        pageSize: query.pageSize,
        nextPageToken: query.pageToken ? readToken(query.pageToken) : undefined,
      })
    ),
    // Only the first page shows counts anew; the pages after it belong to it.
    query.pageToken ? null : countRuns(web, query, flows),
  ]);
  const runs = await Promise.all(page.executions.map((info) => summaryOf(info, web.catalogue)));
  const asking = await runsThatAsk(
    web,
    runs.filter(({ status }) => status === 'running')
  );
  return {
    runs: runs.map((run) => (asking.has(run.runId) ? { ...run, asks: true } : run)),
    nextPageToken: page.nextPageToken?.length ? Buffer.from(page.nextPageToken).toString('base64url') : null,
    counts,
    total: counts ? Object.values(counts).reduce((sum, count) => sum + count, 0) : null,
    readAtMs: Date.now(),
  };
}

/** Standings that a status is read as, the plain one first: it is what the others leave of the status's own number. */
const STANDINGS_OF: Record<string, readonly [RunStanding, ...RunStanding[]]> = {
  Running: ['running', 'unwinding', 'needsHand'],
  Completed: ['completed'],
  Failed: ['failed', 'failedUndone', 'failedStanding'],
  Canceled: ['canceled', 'canceledUndone', 'canceledStanding'],
  Terminated: ['terminated', 'terminatedStanding'],
  TimedOut: ['timedOut', 'timedOutStanding'],
  ContinuedAsNew: ['continuedAsNew'],
};

/**
 * How many there are of each standing: one question for all statuses, two more for each status that has further standings. The
 * answers are of slightly different moments, so a remainder is never below nothing. Null where the cluster cannot count.
 */
async function countRuns(web: Pick<Web, 'temporal'>, query: RunsQuery, flows: Flows): Promise<RunsPage['counts']> {
  const count = (text: string) => reading(web, () => web.temporal.workflow.count(text));
  try {
    const { groups } = await count(`${countQuery(query, null, flows)} GROUP BY ExecutionStatus`.trim());
    const counted = await Promise.all(
      groups.map(async ({ count: total, groupValues }) => {
        const [plain, ...further] = STANDINGS_OF[String(groupValues[0])] ?? ['running'];
        const parts = await Promise.all(
          further.map(async (standing) => [standing, (await count(countQuery(query, standing, flows))).count] as const)
        );
        const rest = parts.reduce((left, [, number]) => left - number, total);
        return [[plain, Math.max(0, rest)] as const, ...parts];
      })
    );
    return Object.fromEntries(counted.flat().filter(([, number]) => number > 0));
  } catch (error) {
    // An engine that is away can count again later: that is no cluster that cannot count.
    if (fromEngine(error)?.code !== 'engineAway' && !isRefusal(error)) return null;
    throw error;
  }
}

function readToken(token: string): Uint8Array {
  if (!/^[\w-]+$/.test(token))
    throw new Refusal('badRequest', 'This page of the list cannot be read: its token is damaged.');
  return Buffer.from(token, 'base64url');
}
