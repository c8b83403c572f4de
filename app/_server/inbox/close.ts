/**
 * Closes the task of a run. Idempotent by task id. If a close arrives before its open (whose answer was lost and
 * which is retried), it writes a settled row, so that the late open cannot create a task that nothing would ever
 * close.
 */
import type { CloseTaskBody } from '@/app/_contract/inbox';
import { storable, storableText } from '@/engine/plain-text';
import type { Prisma } from '@/prisma/client/client';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { storedValues } from './decisions';

export async function closeTask(
  web: Pick<Web, 'database' | 'invalidations'>,
  body: CloseTaskBody
): Promise<{ taskId: string }> {
  const { taskId, namespace, workflowId, runId, workflowType, outcome, decidedBy } = body;
  // The run has accepted the decision with this comment, so the row is settled whatever the comment contains.
  const comment = body.comment === null ? null : storableText(body.comment);
  const settled = {
    settledAt: new Date(),
    outcome,
    decidedBy,
    comment,
    decision: body.decision ?? null,
    decisionValues: storedValues(body.values),
    ...(body.votes ? { votes: storable(body.votes) as Prisma.InputJsonValue, voteCount: body.votes.length } : {}),
  };
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
          taskId,
          namespace,
          workflowId,
          firstRunId: runId,
          workflowType,
          flow: '',
          nodeId: '',
          title: '',
          question: '',
          candidates: [],
          requireComment: 'never',
          data: {},
          dataHash: '',
        },
      });
  if (count > 0) web.invalidations.announce(['inbox']);
  return { taskId };
}
