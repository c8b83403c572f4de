/**
 * A run no longer asks. Idempotent by task id. A close whose open has not arrived yet (its answer was lost, it is retried)
 * leaves a settled row, so that the late open cannot make a task that nobody will ever close.
 */
import type { CloseTaskBody } from '@/app/_contract/inbox';
import { storableText } from '@/engine/plain-text';
import { Refusal } from '../failure';
import type { Web } from '../web';

export async function closeTask(
  web: Pick<Web, 'database' | 'invalidations'>,
  body: CloseTaskBody
): Promise<{ taskId: string }> {
  const { taskId, namespace, workflowId, runId, workflowType, outcome, decidedBy } = body;
  // The run took the decision with this comment: its row is settled, whatever the comment holds.
  const comment = body.comment === null ? null : storableText(body.comment);
  const settled = { settledAt: new Date(), outcome, decidedBy, comment };
  const row = await web.database.humanTask.findUnique({ where: { taskId } });
  if (row && (row.workflowId !== workflowId || row.firstRunId !== runId)) {
    throw new Refusal('requestReused', `The task id '${taskId}' belongs to another run.`);
  }
  const { count } = row
    ? await web.database.humanTask.updateMany({ where: { taskId, settledAt: null }, data: settled })
    : await web.database.humanTask.createMany({
        skipDuplicates: true,
        data: {
          ...settled,
          ...{ taskId, namespace, workflowId, firstRunId: runId, workflowType },
          ...{
            flow: '',
            nodeId: '',
            title: '',
            question: '',
            candidates: [],
            requireComment: 'never',
            data: {},
            dataHash: '',
          },
        },
      });
  if (count > 0) web.invalidations.announce(['inbox']);
  return { taskId };
}
