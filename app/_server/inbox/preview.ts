/**
 * What one decision for several tasks would do, task by task: what follows, or why it does not count. Nothing is decided:
 * each task is decided by an operation of its own (decide.ts), which checks all of this again.
 *
 * [BPV1] The exceptions are those for which deciding would be refused, and those that want a look at the task itself: its
 *        time is over, its data has changed since the list was read, or the decision has a form.
 */
import type { DecisionPreview, DecisionPreviews, PreviewDecisions } from '@/app/_contract/inbox';
import { may } from '@/engine/permissions/permissions';
import type { HumanTask } from '@/prisma/client/client';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { decisionsOfTask } from './decisions';
import { readOfRun } from './get';
import { readStandIns, rightTo, type StandIn } from './delegate';
import { settledWords } from './view';

type Reader = Pick<Web, 'database' | 'catalogue' | 'hub' | 'log' | 'readTasks'>;
/** Runs that are read at once. */
const AT_ONCE = 8;

export async function previewDecisions(
  web: Reader,
  actor: Actor,
  { decision, tasks }: PreviewDecisions
): Promise<DecisionPreviews> {
  demandAnywhere(actor, 'inbox.decide');
  const rows = await web.database.humanTask.findMany({ where: { taskId: { in: tasks.map(({ taskId }) => taskId) } } });
  const byId = new Map(rows.map((row) => [row.taskId, row]));
  const standIns = await readStandIns(web, actor);
  const previews: DecisionPreview[] = [];
  for (let from = 0; from < tasks.length; from += AT_ONCE) {
    const part = tasks.slice(from, from + AT_ONCE).map(({ taskId, dataHash }) => {
      const row = byId.get(taskId);
      return row && row.flow !== '' && may(actor, 'inbox.get', row.flow)
        ? preview(web, { actor, standIns }, row, dataHash, decision)
        : { taskId, excepted: 'There is no such task.', consequence: null };
    });
    previews.push(...(await Promise.all(part)));
  }
  return { tasks: previews };
}

interface Decider {
  actor: Actor;
  standIns: readonly StandIn[];
}

async function preview(
  web: Reader,
  decider: Decider,
  row: HumanTask,
  dataHash: string,
  decision: PreviewDecisions['decision']
): Promise<DecisionPreview> {
  const { taskId } = row;
  const excepted = whyExcepted(decider, row, dataHash, decision);
  if (excepted !== null) return { taskId, excepted, consequence: null };
  const { consequences, pause } = await readOfRun(web, row);
  if (pause) return { taskId, excepted: 'The run is paused.', consequence: null };
  return { taskId, excepted: null, consequence: consequences?.answers[decision] ?? null };
}

function whyExcepted({ actor, standIns }: Decider, row: HumanTask, dataHash: string, decision: string): string | null {
  if (row.settledAt) return settledWords(row);
  const { whyNot, actingFor } = rightTo(actor, standIns, row);
  if (whyNot) return whyNot.message;
  if (row.claimedById !== null && row.claimedById !== actor.id && row.claimedById !== actingFor?.id)
    return `${row.claimedByName ?? 'Somebody'} has claimed this.`;
  if (row.dataHash !== dataHash) return 'The data has changed since the list was read.';
  const offered = decisionsOfTask(row).find(({ key }) => key === decision);
  if (!offered) return 'It does not offer this decision.';
  if (offered.form) return 'This decision has a form, so it is decided on its own page.';
  return row.endsAt && row.endsAt.getTime() <= Date.now() ? 'The time to decide it is over.' : null;
}
