/**
 * The history of a run as a file, in the JSON that Temporal's tools write and read: a flow without sensitive values is
 * replayed from it. What is sensitive is hidden as on the screens. Of an open run it has what has happened so far.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { readJson, writeJson } from '@/engine/flow/values/json';
import { maskedEvent } from '@/engine/run-view/masked-history';
import { reading } from '../engine';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { describeRun, type RunAddress } from './address';
import { maskOfRun } from './masked';

/** Events that are read and written at once. */
const PAGE = 500;

export interface HistoryFile {
  name: string;
  /** JSON in parts: a history can have 50 MB. */
  parts: AsyncGenerator<string>;
}

/** Rejects before the first part if there is no such run, or if it is not known what is sensitive in it. */
export async function historyFile(
  web: Pick<Web, 'temporal' | 'catalogue' | 'config' | 'hub'>,
  actor: Actor,
  run: RunAddress
): Promise<HistoryFile> {
  const { summary } = await describeRun(web, actor, 'runs.get', run);
  const version = await web.catalogue.contentOfType(summary.workflowType, summary.revision);
  const mask = await maskOfRun(web, version?.manifest, run);
  const read = (token: Uint8Array | null) =>
    reading(web, () =>
      web.temporal.workflowService.getWorkflowExecutionHistory({
        namespace: web.config.namespace,
        execution: run,
        maximumPageSize: PAGE,
        nextPageToken: token ?? undefined,
      })
    );
  let page = await read(null);
  async function* parts(): AsyncGenerator<string> {
    let before = '{"events":[\n';
    for (;;) {
      const { events } = readJson(historyToJSON(page.history ?? {})) as { events?: Record<string, unknown>[] };
      for (const event of events ?? []) {
        yield before + writeJson(maskedEvent(event, mask));
        before = ',\n';
      }
      const token = page.nextPageToken;
      if (!token?.length) break;
      await breathe();
      page = await read(token);
    }
    yield before === ',\n' ? '\n]}\n' : `${before}]}\n`;
  }
  return { name: `${summary.workflowId}-${summary.runId.slice(0, 8)}.json`, parts: parts() };
}
