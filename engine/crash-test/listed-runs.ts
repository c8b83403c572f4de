/** Runs as lists show them. */
import { defaultPayloadConverter } from '@temporalio/common';
import { STATUS, type RunStatus } from '../run-name';
import type { SearchAttributeValue } from '../visibility/record';
import type { Calls } from './calls';
import { NAMESPACE } from './client-run';

export interface ListedRun {
  workflowId: string;
  runId: string;
  workflowType: string;
  status: RunStatus;
  searchAttributes: Record<string, SearchAttributeValue>;
}

const PAGE = 500;

/** All that match, the newest first. */
export async function listRuns(calls: Calls, query: string): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await calls.persist((client) =>
      client.workflowService.listWorkflowExecutions({ namespace: NAMESPACE, query, pageSize: PAGE, nextPageToken })
    );
    for (const { execution, type, status, searchAttributes } of page.executions)
      runs.push({
        workflowId: execution?.workflowId ?? '',
        runId: execution?.runId ?? '',
        workflowType: type?.name ?? '',
        status: (status ?? STATUS.running) as RunStatus,
        searchAttributes: Object.fromEntries(
          Object.entries(searchAttributes?.indexedFields ?? {}).map(([name, payload]) => [
            name,
            defaultPayloadConverter.fromPayload<SearchAttributeValue>(payload),
          ])
        ),
      });
    nextPageToken = page.nextPageToken;
  } while (nextPageToken?.length);
  return runs;
}
