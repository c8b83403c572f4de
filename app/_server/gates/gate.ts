/** A check of this flow's revision. The engine knows checks by their id alone; who may see one depends on the flow. */
import type { GateReport } from '@/app/_contract/gates';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { gateFailure } from './failure';

/** Throws `gateNotFound`, also for a check of another flow. */
export async function readGate({ versions }: Pick<Web, 'versions'>, flow: string, id: string): Promise<GateReport> {
  const report = await versions.getGate(id).catch(gateFailure);
  if (report.flow !== flow) throw new Refusal('gateNotFound', `'${flow}' has no such check of a revision.`);
  return report;
}
