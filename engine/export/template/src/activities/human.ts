/**
 * Approvals: `human.open` says that a run waits for a decision, `human.close` that it no longer does. Both are called
 * again after a failure, so they must be idempotent by task id. Here the log has the command that decides
 * (src/decide.ts); put your inbox, mail or chat in its place.
 */
import { Context } from '@temporalio/activity';
import { offeredBy, type CloseTaskInput, type OpenTaskInput } from '../saga';

export async function openTask({ taskId, question, dataHash, decisions }: OpenTaskInput): Promise<null> {
  const { log, info } = Context.current();
  const workflowId = info.workflowExecution?.workflowId ?? '';
  const keys = offeredBy({ decisions }).map(({ key }) => key);
  log.info(`${question} Decide with: npm run decide -- ${workflowId} ${taskId} ${dataHash} ${keys.join('|')}`);
  return null;
}

export async function closeTask({ taskId, outcome, decision }: CloseTaskInput): Promise<null> {
  Context.current().log.info(`The task ${taskId} is closed: ${decision ?? outcome}.`);
  return null;
}
