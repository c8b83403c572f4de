/** The run of an operation, and what is read about it first. */
import type { Operation } from '@/engine/permissions/permissions';
import { isUuid } from '@/engine/plain-text';
import { reading } from '../engine';
import { Refusal } from '../failure';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { summaryOf } from './summary';

export interface RunAddress {
  workflowId: string;
  runId: string;
}
export const nameOf = ({ workflowId, runId }: RunAddress): string => `${workflowId}/${runId}`;

type Reader = Pick<Web, 'temporal' | 'catalogue' | 'config'>;

/** Describes a run. Throws `notAllowed` unless the actor has this permission for its flow. */
export async function describeRun(web: Reader, actor: Actor, operation: Operation, { workflowId, runId }: RunAddress) {
  // Checked first: somebody without any such permission must not learn which runs exist.
  demandAnywhere(actor, operation);
  if (runId && !isUuid(runId)) throw new Refusal('runNotFound', `There is no run '${runId}' of '${workflowId}'.`);
  const description = await reading(web, () =>
    web.temporal.workflowService.describeWorkflowExecution({
      namespace: web.config.namespace,
      execution: { workflowId, runId },
    })
  );
  const info = description.workflowExecutionInfo;
  if (!info) throw new Refusal('runNotFound', `There is no run '${workflowId}'.`);
  const summary = await summaryOf(info, web.catalogue);
  demand(actor, operation, summary.flow);
  return { description, info, summary };
}

export type DescribedRun = Awaited<ReturnType<typeof describeRun>>;

/** As `describeRun`. Throws `runClosed` unless the run is open. */
export async function demandOpen(web: Reader, actor: Actor, operation: Operation, run: RunAddress) {
  const described = await describeRun(web, actor, operation, run);
  demandStillOpen(described, run);
  return described;
}

/** Throws `runClosed`. */
export function demandStillOpen({ summary }: Pick<DescribedRun, 'summary'>, run: RunAddress): void {
  if (summary.status === 'running') return;
  throw new Refusal('runClosed', `'${run.workflowId}' has already ended (${summary.status}). Nothing was sent.`);
}
