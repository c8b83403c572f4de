/**
 * Approvals: `human.open` says that a run waits for a decision, `human.ask` that others are asked, that people are
 * reminded or that a decision was taken back, `human.close` that it no longer waits. They are called again after a failure, so they must be idempotent by
 * task id, and `human.ask` by the number of each event. Here the log has the command that decides
 * (src/decide.ts); put your inbox, mail or chat in its place.
 */
import { Context } from '@temporalio/activity';
import { offeredBy, type AskTaskInput, type CloseTaskInput, type OpenTaskInput } from '../saga';

export async function openTask({ taskId, question, dataHash, decisions }: OpenTaskInput): Promise<null> {
  const { log, info } = Context.current();
  const workflowId = info.workflowExecution?.workflowId ?? '';
  const keys = offeredBy({ decisions }).map(({ key }) => key);
  log.info(`${question} Decide with: npm run decide -- ${workflowId} ${taskId} ${dataHash} ${keys.join('|')}`);
  return null;
}

export async function askTask({ taskId, candidates, events }: AskTaskInput): Promise<null> {
  const { log } = Context.current();
  for (const { seq, kind, to = [] } of events)
    log.info(`The task ${taskId}, ${seq}: ${WORDS[kind]}${to.length > 0 ? ` (${to.join(', ')})` : ''}.`);
  log.info(`The task ${taskId} waits for ${candidates.join(', ') || 'anybody'}.`);
  return null;
}

const WORDS = {
  escalated: 'others are asked',
  reminded: 'a reminder',
  takenBack: 'a decision was taken back',
  asked: 'a question was asked',
  answered: 'a question was answered',
  withdrawn: 'a question was withdrawn',
  clockGoesOn: 'the time to decide goes on',
};

export async function closeTask({ taskId, outcome, decision }: CloseTaskInput): Promise<null> {
  Context.current().log.info(`The task ${taskId} is closed: ${decision ?? outcome}.`);
  return null;
}
