/**
 * Closes the task of a run. Idempotent by task id. If a close arrives before its open (whose answer was lost and
 * which is retried), it writes a settled row, so that the late open cannot create a task that nothing would ever
 * close. A decision that could be taken back is final from then on; if the run was stopped before, nothing followed from
 * it, and the row says what the run says.
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
  // The decision that the row has counts now: it can no longer be taken back.
  const kept = await web.database.humanTask.updateMany({
    where: { taskId, settledAt: { not: null }, goesOnAt: { not: null }, outcome, decidedBy },
    data: { goesOnAt: null },
  });
  const { count } = row
    ? kept.count > 0
      ? kept
      : await web.database.humanTask.updateMany({
          where: { taskId, OR: [{ settledAt: null }, { goesOnAt: { not: null } }] },
          data: { ...settled, goesOnAt: null, decisionId: null },
        })
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
