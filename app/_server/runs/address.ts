/** Which run an operation is about, and what is known of it before anything is asked of it. */
import { reading } from '../engine';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { summaryOf } from './summary';

export interface RunAddress {
  workflowId: string;
  runId: string;
}
export const nameOf = ({ workflowId, runId }: RunAddress): string => `${workflowId}/${runId}`;

type Reader = Pick<Web, 'temporal' | 'catalogue' | 'config'>;

export async function describeRun(web: Reader, { workflowId, runId }: RunAddress) {
  const description = await reading(web, () =>
    web.temporal.workflowService.describeWorkflowExecution({
      namespace: web.config.namespace,
      execution: { workflowId, runId },
    })
  );
  const info = description.workflowExecutionInfo;
  if (!info) throw new Refusal('runNotFound', `There is no run '${workflowId}'.`);
  return { description, info, summary: await summaryOf(info, web.catalogue) };
}

/** Throws `runClosed` unless the run is open. */
export async function demandOpen(web: Reader, run: RunAddress) {
  const described = await describeRun(web, run);
  if (described.summary.status !== 'running') {
    throw new Refusal(
      'runClosed',
      `'${run.workflowId}' has already ended (${described.summary.status}). Nothing was sent.`
    );
  }
  return described;
}
