/**
 * The sources of the live page's three inputs (design D10): history, pending state, `__nodes`; and hints that say
 * when to read.
 */
import type { RunSummary } from '@/app/_contract/runs';
import { eventsFromHistory } from '@/engine/run-view/events-from-history';
import { NO_MASK, readerOf, type Mask } from '@/engine/run-view/mask';
import type { PendingActivityView, RunEvent, RunFacts } from '@/engine/run-view/model';
import type { temporal } from '@/engine/proto';
import { NODES_QUERY, type NodesReport } from '@/engine/saga/contract';
import { asking, reading, unanswered } from '../engine';
import type { RunAddress } from '../runs/address';
import { pendingView } from '../runs/pending-view';
import { millisOf, summaryOf } from '../runs/summary';
import type { Web } from '../web';

export interface Described {
  summary: RunSummary;
  historyLength: number;
  /** `attempts` is empty here: the watch collects them. */
  pending: PendingActivityView[];
  workflowTask: RunFacts['workflowTask'];
}

export interface RunUpstream {
  describe(run: RunAddress): Promise<Described>;
  /**
   * The events after the page with this `token`; waits for new events if there are none. A null token in the answer
   * means that the run is closed and its history is complete.
   */
  history(
    run: RunAddress,
    token: Uint8Array | null,
    signal: AbortSignal
  ): Promise<{ events: RunEvent[]; token: Uint8Array | null }>;
  /** Rejects if the run cannot answer now. */
  nodes(run: RunAddress): Promise<NodesReport>;
  /** The mask for the sensitive values of this run. Rejects if it is not known which values are sensitive. */
  masking(summary: RunSummary): Promise<Mask>;
}

/** A server ends a long poll after 20 s; one that takes much longer hangs. */
const LONG_POLL_DEADLINE_MS = 35_000;
/** Up to 2 MiB. */
const FIRST_PAGE_DEADLINE_MS = 4_000;
const GRPC_DEADLINE_EXCEEDED = 4;

export function createUpstream(web: Pick<Web, 'temporal' | 'catalogue' | 'config'>): RunUpstream {
  const { namespace } = web.config;
  return {
    async describe(execution) {
      const described = await reading(web, () =>
        web.temporal.workflowService.describeWorkflowExecution({ namespace, execution })
      );
      const info = described.workflowExecutionInfo ?? {};
      return {
        summary: await summaryOf(info, web.catalogue),
        historyLength: Number(info.historyLength ?? 0),
        pending: (described.pendingActivities ?? []).map(pendingView),
        workflowTask: taskView(described.pendingWorkflowTask),
      };
    },
    async history(execution, token, signal) {
      const poll = () =>
        // The first page is there: only what comes after it is waited for.
        web.temporal.withDeadline(Date.now() + (token ? LONG_POLL_DEADLINE_MS : FIRST_PAGE_DEADLINE_MS), () =>
          web.temporal.workflowService.getWorkflowExecutionHistory({
            namespace,
            execution,
            nextPageToken: token ?? undefined,
            waitNewEvent: true,
            maximumPageSize: 1_000,
          })
        );
      try {
        const page = await web.temporal.connection.withAbortSignal(signal, poll);
        return {
          events: eventsFromHistory(page.history),
          token: page.nextPageToken?.length ? page.nextPageToken : null,
        };
      } catch (error) {
        const late =
          typeof error === 'object' && error !== null && 'code' in error && error.code === GRPC_DEADLINE_EXCEEDED;
        if (late && token) return { events: [], token };
        return unanswered(error);
      }
    },
    nodes: ({ workflowId, runId }) =>
      asking(web, () => web.temporal.workflow.getHandle(workflowId, runId).query<NodesReport>(NODES_QUERY)),
    async masking({ workflowType }) {
      const version = await web.catalogue.contentOfType(workflowType);
      return version ? readerOf(version.manifest) : NO_MASK;
    },
  };
}

type TaskInfo = temporal.api.workflow.v1.IPendingWorkflowTaskInfo;

/** Only a task that failed before is reported. The history has the reason. */
function taskView(info: TaskInfo | null | undefined): RunFacts['workflowTask'] {
  const attempt = Number(info?.attempt ?? 0);
  if (!info || attempt < 2) return null;
  return { attempt, failure: null, sinceMs: millisOf(info.originalScheduledTime) ?? millisOf(info.scheduledTime) };
}
