import type { Settlement } from '@/engine/run-view/model';
import type { Web } from '../web';
import type { RunAddress } from './address';

/** The statements about the effects of a run. */
export async function settlementsOf(
  { database, config }: Pick<Web, 'database' | 'config'>,
  { workflowId, runId }: RunAddress
): Promise<Settlement[]> {
  const rows = await database.effectSettlement.findMany({
    where: { namespace: config.namespace, workflowId, runId },
    orderBy: { at: 'asc' },
  });
  return rows.map(({ activityId, found, byName, reason, at }) => ({
    activityId,
    found: found as Settlement['found'],
    by: byName,
    reason,
    atMs: at.getTime(),
  }));
}
